import type { Registry } from "@prometheus-io/client";
import { createS3, createSqs, type AwsCredentials } from "@transpod/runtime/aws.ts";
import { bucketCheck, queueCheck } from "@transpod/runtime/aws-checks.ts";
import { listen } from "@transpod/runtime/http-server.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { startTracing } from "@transpod/runtime/tracing.ts";
import { checkDatabase, createPool } from "@transpod/store/database.ts";
import { createApp } from "./app.ts";
import type { ApiConfig } from "./config.ts";
import { FileEvents } from "./events/file-events.ts";
import { Forecast } from "./forecast/forecast.ts";
import { s3Origins } from "./page/s3-origins.ts";

export interface Api extends Service {
  /** The port that it listens on; a free one when the configuration has 0. */
  port: number;
}

export interface ApiOptions {
  log: Logger;
  /** The registry of metrics that several services in one process share; by default the API has its own. */
  registry?: Registry;
  /** Of an emulator; by default the SDK finds them. */
  credentials?: AwsCredentials;
}

/** Starts the API. It also starts while Postgres, S3 or SQS can't be reached; /readyz then fails. */
export async function startApi(
  config: ApiConfig,
  { log, credentials, registry = createRegistry() }: ApiOptions,
): Promise<Api> {
  const { region, buckets, queueUrl, settings } = config;
  const pool = createPool({ url: config.databaseUrl, applicationName: "transpod-api" }, (err) =>
    log.warn({ event: "database_connection_lost", err }),
  );
  const s3 = createS3({ region, credentials, endpoint: config.s3Endpoint });
  const publicS3 = createS3({ region, credentials, endpoint: config.s3PublicEndpoint });
  const sqs = createSqs({ region, credentials, endpoint: config.sqsEndpoint });

  const tracing = await startTracing("transpod-api", config.otlpEndpoint, log);

  async function dispose(): Promise<void> {
    await tracing?.stop();
    for (const client of [s3, publicS3, sqs]) client.destroy();
    await pool.end();
  }

  try {
    const checks = {
      postgres: () => checkDatabase(pool),
      raw_bucket: bucketCheck(s3, buckets.raw),
      processed_bucket: bucketCheck(s3, buckets.processed),
      queue: queueCheck(sqs, queueUrl),
    };
    const forecast = new Forecast({ pool, log });
    const events = new FileEvents({ pool, forecast, registry, log });
    const app = createApp({
      pool,
      events,
      forecast,
      s3,
      publicS3,
      s3Origins: await s3Origins(publicS3, Object.values(buckets)),
      buckets,
      settings,
      checks,
      registry,
      tracing,
      log,
    });
    const server = await listen(app, config);
    const watching = events.listen(config.databaseUrl);
    log.info({ event: "api_started", port: server.port, auth: settings.auth });
    return {
      port: server.port,
      async stop() {
        // First, because the server waits for open event streams.
        await watching.stop();
        await server.close();
        await dispose();
        log.info({ event: "api_stopped" });
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
