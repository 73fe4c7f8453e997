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
  /** The only credentials it accepts, in requests and in presigned URLs. By default those of tests. */
  credentials?: AwsCredentials;
  /** Names of services in MiniStack; by default S3 and SQS. */
  services?: readonly string[];
  onLine?: (line: string) => void;
}

export interface MiniStackServer {
  /** Of S3 and of SQS. */
  endpoint: string;
  /** Resolves when the server has ended for any reason. */
  exited: Child["exited"];
  stop(): Promise<void>;
}

/**
 * Starts MiniStack on 127.0.0.1, by default with S3 and SQS. Resolves when it answers. Use it with the
 * region us-east-1, which its buckets have after it was killed.
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
    // Like its own detached mode, so that MiniStack itself does not know the port: it saves queues
    // under its port, and another port after the next start must not hide them.
    args: [
      ...["-m", "hypercorn", "ministack.app:app"],
      ...["--bind", `127.0.0.1:${port}`],
      ...["--pid", join(folder, "pid")],
      // In the process itself: a worker process would end before it has saved its state.
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
    // Nothing else of our environment: settings for AWS must not reach it.
    PATH: process.env["PATH"],
    // It answers with this as its "edition", so that we recognize our own server.
    MINISTACK_EDITION: identity,
    SERVICES: services.join(","),
    // Without it there is no access control, so that every web page in this user's browser has access.
    AUTH: "true",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // These two would listen on all interfaces.
    IOT_MTLS_ENABLED: "false",
    SFTP_ENABLED: "false",
    S3_PERSIST: "1",
    S3_DATA_DIR: join(folder, "s3"),
    PERSIST_STATE: "1",
    STATE_DIR: join(folder, "state"),
    // Otherwise each request logs two lines, and the second contains the signature of a presigned URL.
    LOG_LEVEL: "WARNING",
  };
}

async function answers(endpoint: string, identity: string, exited: Child["exited"]): Promise<void> {
  const ended = exited.then(() => true);
  const deadline = Date.now() + START_TIMEOUT_MS;
  // Another server may have the port and answer; then ours ends.
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
