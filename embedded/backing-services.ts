import { TranspodError } from "@transpod/contract/errors.ts";
import type { AwsCredentials } from "@transpod/runtime/aws.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import type { Child } from "./child.ts";
import type { DataDir } from "./data-dir.ts";
import { startMiniStack } from "./ministack/server.ts";
import { startPostgres } from "./postgres/server.ts";

export interface BackingOptions {
  dataDir: DataDir;
  ports: { postgres: number; s3: number };
  /** The only credentials that S3 and SQS accept. */
  credentials: AwsCredentials;
  log: Logger;
}

export interface BackingServices extends Service {
  databaseUrl: string;
  /** Of S3 and of SQS. */
  endpoint: string;
}

/** Starts the services that AWS provides otherwise: a Postgres server, S3 and SQS. */
export async function startBackingServices({
  dataDir,
  ports,
  credentials,
  log,
}: BackingOptions): Promise<BackingServices> {
  await using parts = new AsyncDisposableStack();
  const say = (event: string) => (line: string) => log.debug({ event, line });
  const starting = [
    startPostgres({ folder: dataDir.postgres, port: ports.postgres, onLine: say("postgres") }),
    startMiniStack({
      folder: dataDir.ministack,
      port: ports.s3,
      credentials,
      onLine: say("ministack"),
    }),
  ] as const;
  // When one does not start, the other one is stopped.
  for (const part of await Promise.allSettled(starting)) {
    if (part.status === "fulfilled") parts.defer(() => part.value.stop());
  }
  const [postgres, ministack] = await Promise.all(starting);

  const stopping = new AbortController();
  // Deferred last, so it runs first: the services end only after this.
  parts.defer(() => stopping.abort());
  throwWhenEnded("Postgres", postgres.exited, stopping.signal);
  throwWhenEnded("MiniStack (S3 and SQS)", ministack.exited, stopping.signal);
  const running = parts.move();
  return {
    databaseUrl: postgres.url,
    endpoint: ministack.endpoint,
    stop: () => running.disposeAsync(),
  };
}

/**
 * Nothing works without these services: when one ends unexpectedly, the unhandled rejection stops this
 * process gracefully (runtime/process.ts).
 */
function throwWhenEnded(name: string, exited: Child["exited"], stopping: AbortSignal): void {
  void exited.then(({ code, signal }) => {
    if (stopping.aborted) return;
    throw new TranspodError("part_ended", `${name} ended unexpectedly (${code ?? signal}).`);
  });
}
