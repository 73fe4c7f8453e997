import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Registry } from "@prometheus-io/client";
import type pg from "pg";
import type { JobPort, WorkAuthenticator } from "@transpod/contract/ports.ts";
import { listen } from "@transpod/runtime/http-server.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { listenForFiles } from "@transpod/store/notifications.ts";
import type { ControllerSettings } from "./config.ts";
import { startIntake } from "./intake/intake.ts";
import { launchPending } from "./launch/launcher.ts";
import { createMetrics } from "./metrics.ts";
import { Hearing } from "./observe/hearing.ts";
import { reconcile } from "./observe/reconcile.ts";
import { sweep } from "./sweep/sweep.ts";
import { WorkQueue } from "./work-queue.ts";
import { createWorkApp } from "./work/app.ts";

export interface ControllerDeps {
  pool: pg.Pool;
  /** For LISTEN, which needs a connection of its own. */
  databaseUrl: string;
  s3: S3Client;
  sqs: SQSClient;
  rawBucket: string;
  processedBucket: string;
  queueUrl: string;
  jobs: JobPort;
  authenticator: WorkAuthenticator;
  settings: ControllerSettings;
  registry: Registry;
  log: Logger;
}

export interface ControllerOptions {
  workPort: number;
  workHost?: string | undefined;
}

/** Starts every part of the controller. `stop` ends them; Jobs run on. */
export async function startController(
  given: ControllerDeps,
  options: ControllerOptions,
): Promise<Service> {
  const { settings, log } = given;
  const hearing = new Hearing();
  const deps = { ...given, hearing, metrics: createMetrics(given.registry, given.pool) };
  const onError = (key: string, err: unknown) => log.error({ event: "work_failed", key, err });

  const files = new WorkQueue({
    handle: (fileId) => reconcile(deps, fileId),
    concurrency: 8,
    onError,
  });
  const enqueue = (fileId: string) => files.add(fileId);
  const chores = new WorkQueue({ handle: (chore) => run(chore), concurrency: 2, onError });

  async function run(chore: string): Promise<void> {
    if (chore === "launch") {
      await launchPending(deps);
      hearing.tick();
      return;
    }
    await sweep({
      ...deps,
      enqueue,
      graceSeconds: settings.uploadEventGraceSeconds,
    });
  }

  const work = await listen(createWorkApp(deps), {
    port: options.workPort,
    host: options.workHost,
  });
  deps.jobs.onChange(({ fileId }) => enqueue(fileId));
  const notifications = await listenForFiles(given.databaseUrl, {
    onFile(fileId) {
      enqueue(fileId);
      chores.add("launch");
    },
    onConnect() {
      chores.add("launch");
      chores.add("sweep");
    },
    onError: (err) => log.warn({ event: "listen_failed", err }),
  });
  const { maxUploadBytes, queueVisibilitySeconds } = settings;
  const intake = startIntake({ ...deps, maxUploadBytes, queueVisibilitySeconds });
  // A file that waits for its backoff is announced by nobody: it is looked for.
  const launchTimer = setInterval(() => chores.add("launch"), 1_000);
  const sweepTimer = setInterval(() => chores.add("sweep"), settings.sweepSeconds * 1_000);

  return {
    async stop() {
      clearInterval(launchTimer);
      clearInterval(sweepTimer);
      await intake.stop();
      await notifications.close();
      await Promise.all([files.close(), chores.close()]);
      await work.close();
    },
  };
}
