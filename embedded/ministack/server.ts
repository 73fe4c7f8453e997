import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TranspodError } from "@transpod/contract/errors.ts";
import { startChild, type Child } from "../child.ts";
import { ministackHome } from "./home.ts";

const START_TIMEOUT_MS = 60_000;

export interface MiniStackOptions {
  /** Holds objects, their versions, bucket settings and queues. Made on first use. */
  folder: string;
  port: number;
  onLine?: (line: string) => void;
}

export interface MiniStackServer {
  /** Of S3 and of SQS. */
  endpoint: string;
  /** Resolves when the server ended, asked or not. */
  exited: Child["exited"];
  stop(): Promise<void>;
}

/**
 * Starts MiniStack, with S3 and SQS alone, on 127.0.0.1. Resolves when it answers.
 *
 * Objects are on disk before a PUT is answered. Everything else is written when MiniStack ends, and
 * that includes the end of this process, even by SIGKILL; but if MiniStack itself is killed, messages
 * and bucket settings fall back to what they were when it last ended. Provisioning again restores the
 * settings; the controller's sweep finds videos whose message is lost. Multipart uploads in progress
 * live in memory and end with it in any case.
 */
export async function startMiniStack(options: MiniStackOptions): Promise<MiniStackServer> {
  const { folder, port, onLine } = options;
  const python = join(ministackHome, "bin", "python");
  if (!existsSync(python)) {
    throw new TranspodError("ministack_not_installed", 'MiniStack is not installed. Run "make setup".');
  }
  await mkdir(folder, { recursive: true });

  let lastLines: string[] = [];
  const server = startChild({
    command: python,
    args: ["-m", "ministack"],
    env: environment(folder, port),
    onLine(line) {
      onLine?.(line);
      lastLines = [...lastLines, line].slice(-5);
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await answers(endpoint, server.exited);
  } catch (cause) {
    await server.stop();
    const said = lastLines.join(" ");
    throw new TranspodError("ministack_start_failed", `MiniStack did not start: ${said}`, { cause });
  }
  return { endpoint, exited: server.exited, stop: async () => void (await server.stop()) };
}

function environment(folder: string, port: number): NodeJS.ProcessEnv {
  return {
    // Nothing else of ours: a setting meant for AWS must not reach it.
    PATH: process.env["PATH"],
    // It writes a pid file to its temporary folder.
    TMPDIR: folder,
    BIND_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    // Part of the queues' URLs.
    MINISTACK_HOST: "127.0.0.1",
    SERVICES: "s3,sqs",
    // These two would listen to the whole world.
    IOT_MTLS_ENABLED: "false",
    SFTP_ENABLED: "false",
    S3_PERSIST: "1",
    S3_DATA_DIR: join(folder, "s3"),
    PERSIST_STATE: "1",
    STATE_DIR: join(folder, "state"),
    // Otherwise each request is two lines, and the second has the signature of a presigned URL in it.
    LOG_LEVEL: "WARNING",
  };
}

async function answers(endpoint: string, exited: Child["exited"]): Promise<void> {
  let running = true;
  void exited.then(() => (running = false));
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (running && Date.now() < deadline) {
    const response = await fetch(`${endpoint}/_ministack/ready`).catch(() => undefined);
    if (response?.ok && running) return;
    await delay(50);
  }
  throw new Error(running ? "it did not answer in time" : "it ended");
}
