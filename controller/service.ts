import type { JobPort, WorkAuthenticator } from "@transpod/contract/ports.ts";
import { queueCheck } from "@transpod/runtime/aws-checks.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import type { Check } from "@transpod/runtime/health.ts";
import { listen } from "@transpod/runtime/http-server.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { startTracing } from "@transpod/runtime/tracing.ts";
import { checkDatabase, createPool } from "@transpod/store/database.ts";
import type { ControllerConfig } from "./config.ts";
import { startController } from "./controller.ts";
import { createOperationsApp } from "./operations.ts";

/** Where Jobs run, and a check whether it can be reached. */
export interface Platform extends Service {
  jobs: JobPort;
  authenticator: WorkAuthenticator;
  check: Check;
}

export interface ControllerService extends Service {
  /** The port that it listens on; a free one when the configuration has 0. */
  port: number;
}

/**
 * Starts the controller as a separate process, with /healthz, /readyz and /metrics. It also starts
 * while Postgres or SQS can't be reached; /readyz then fails.
 */
export async function startService(
  config: ControllerConfig,
  platform: Platform,
  log: Logger,
): Promise<ControllerService> {
  await using parts = new AsyncDisposableStack();
  parts.defer(() => platform.stop());
  const { region, databaseUrl, queueUrl, candidate, settings } = config;
  const { rawBucket, processedBucket, workPort } = config;
  const { jobs, authenticator, check } = platform;

  const pool = createPool({ url: databaseUrl, applicationName: "transpod-controller" }, (err) =>
    log.warn({ event: "database_connection_lost", err }),
  );
  parts.defer(() => pool.end());
  const s3 = createS3({ region, endpoint: config.s3Endpoint });
  parts.defer(() => s3.destroy());
  const sqs = createSqs({ region, endpoint: config.sqsEndpoint });
  parts.defer(() => sqs.destroy());
  const tracing = await startTracing("transpod-controller", config.otlpEndpoint, log);
  parts.defer(() => tracing?.stop());
  const registry = createRegistry();

  const checks = {
    postgres: () => checkDatabase(pool),
    queue: queueCheck(sqs, queueUrl),
    kubernetes: check,
  };
  const operations = await listen(createOperationsApp({ checks, registry, log }), config);
  parts.defer(() => operations.close());
  const controller = await startController(
    {
      ...{ pool, databaseUrl, s3, sqs, rawBucket, processedBucket, queueUrl },
      ...{ jobs, authenticator, settings, registry, tracing, log },
    },
    { workPort, candidate },
  );
  parts.defer(() => controller.stop());

  log.info({ event: "controller_started", port: operations.port, work_port: workPort, candidate });
  const running = parts.move();
  return {
    port: operations.port,
    async stop() {
      await running.disposeAsync();
      log.info({ event: "controller_stopped" });
    },
  };
}
