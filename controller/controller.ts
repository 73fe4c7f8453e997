import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Registry } from "@prometheus-io/client";
import type pg from "pg";
import type { JobPort, WorkAuthenticator } from "@transpod/contract/ports.ts";
import { listen } from "@transpod/runtime/http-server.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import type { Tracing } from "@transpod/runtime/tracing.ts";
import type { ControllerSettings } from "./config.ts";
import { startEngine, type Engine } from "./engine.ts";
import { campaign, leadAlways } from "./leader.ts";
import { createMetrics } from "./metrics.ts";
import { createWorkApp } from "./work/app.ts";

export interface ControllerDeps {
  pool: pg.Pool;
  /** For the separate connections of LISTEN and the leader's lease. */
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
  /** Undefined when no traces are sent. */
  tracing?: Tracing | undefined;
  log: Logger;
}

export interface ControllerOptions {
  workPort: number;
  workHost?: string | undefined;
  /** The name of this candidate when controllers elect a leader; undefined: no election, this one leads. */
  candidate: string | undefined;
}

/**
 * Starts a controller: it answers workers at once, and runs the engine while it leads. It also starts
 * while Postgres, S3 or SQS can't be reached. `stop` ends all of this; Jobs keep running.
 */
export async function startController(
  baseDeps: ControllerDeps,
  { workPort, workHost, candidate }: ControllerOptions,
): Promise<Service> {
  const { registry, pool, settings, databaseUrl, log } = baseDeps;
  const metrics = createMetrics(registry, pool);
  const deps = { ...baseDeps, metrics };
  const work = await listen(createWorkApp(deps), { port: workPort, host: workHost });

  let engine: Engine | undefined;
  baseDeps.jobs.onChange(({ fileId }) => engine?.enqueue(fileId));
  const lead = () => (engine = startEngine(deps));
  const leader =
    candidate === undefined
      ? leadAlways({ lead, metrics, log })
      : campaign({
          ...{ lead, metrics, log, databaseUrl },
          ...{ holder: candidate, ttlSeconds: settings.leaseSeconds },
        });

  return {
    async stop() {
      await leader.stop();
      await work.close();
    },
  };
}
