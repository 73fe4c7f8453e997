import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { AwsCredentials } from "@transpod/runtime/aws.ts";
import { startChild, type Child } from "../child.ts";
import { ministackHome } from "./home.ts";

const START_TIMEOUT_MS = 60_000;

export interface MiniStackOptions {
  /** Holds objects, their versions, bucket settings and queues. Made on first use. */
  folder: string;
  port: number;
  /** The only ones it accepts, in requests and in presigned URLs. Unless told, those of a test. */
  credentials?: AwsCredentials;
  /** By their names in MiniStack; unless told, the two that Transpod runs on. */
  services?: readonly string[];
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
 * Starts MiniStack, with S3 and SQS unless told otherwise, on 127.0.0.1. Resolves when it answers. Use
 * it with the region us-east-1: it is the one that it takes a bucket for after it was killed.
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
    throw new TranspodError(
      "ministack_not_installed",
      'MiniStack is not installed. Run "make setup".',
    );
  }
  await mkdir(folder, { recursive: true });

  const identity = randomUUID();
  let lastLines: string[] = [];
  const server = startChild({
    command: python,
    // As its own detached mode does, so that only this line knows the port: queues are saved under
    // what MiniStack takes for its port, and another port next time must not hide them.
    args: [
      ...["-m", "hypercorn", "ministack.app:app"],
      ...["--bind", `127.0.0.1:${port}`],
      ...["--pid", join(folder, "pid")],
      // In the process itself: a worker process would be gone before it has saved anything.
      ...["--workers", "0"],
      ...["--keep-alive", "75"],
      // For requests under way; one that waits for messages would use up all of the default 3 s.
      ...["--graceful-timeout", "1"],
      ...["--log-level", "WARNING"],
    ],
    env: environment(options, identity),
    onLine(line) {
      onLine?.(line);
      lastLines = [...lastLines, line].slice(-5);
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await answers(endpoint, identity, server.exited);
  } catch (cause) {
    await server.stop();
    const output = lastLines.join(" ");
    throw new TranspodError("ministack_start_failed", `MiniStack did not start: ${output}`, {
      cause,
    });
  }
  return { endpoint, exited: server.exited, stop: async () => void (await server.stop()) };
}

const testCredentials = { accessKeyId: "test", secretAccessKey: "test" };

function environment(options: MiniStackOptions, identity: string): NodeJS.ProcessEnv {
  const { folder, credentials = testCredentials, services = ["s3", "sqs"] } = options;
  return {
    // Nothing else of ours: a setting meant for AWS must not reach it.
    PATH: process.env["PATH"],
    // Comes back as its "edition", by which we know it from another one.
    MINISTACK_EDITION: identity,
    SERVICES: services.join(","),
    // Without it anybody may do anything, and that includes every web page in this user's browser.
    AUTH: "true",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
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

async function answers(endpoint: string, identity: string, exited: Child["exited"]): Promise<void> {
  const ended = exited.then(() => true);
  const deadline = Date.now() + START_TIMEOUT_MS;
  // Another server may have the port and answer; ours will end then.
  while ((await editionAt(endpoint)) !== identity) {
    if (await Promise.race([ended, delay(50, false)])) throw new Error("it ended");
    if (Date.now() > deadline) throw new Error("it did not answer in time");
  }
}

async function editionAt(endpoint: string): Promise<unknown> {
  try {
    const response = await fetch(`${endpoint}/_ministack/health`, {
      signal: AbortSignal.timeout(5_000),
    });
    return ((await response.json()) as { edition?: unknown }).edition;
  } catch {
    return undefined;
  }
}
