import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startApi } from "@transpod/api/api.ts";
import { readApiConfig } from "@transpod/api/config.ts";
import { provision } from "@transpod/cli/aws/provision.ts";
import { readControllerSettings } from "@transpod/controller/config.ts";
import { startController } from "@transpod/controller/controller.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { openLogFile } from "@transpod/runtime/log-file.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { startTracing } from "@transpod/runtime/tracing.ts";
import { createPool } from "@transpod/store/database.ts";
import { migrate } from "@transpod/store/migrate.ts";
import { startBackingServices, type BackingServices } from "./backing-services.ts";
import { ChildProcessJobs } from "./child-process-jobs.ts";
import type { EmbeddedConfig } from "./config.ts";
import { openDataDir } from "./data-dir.ts";
import { choosePorts } from "./ports.ts";
import { s3Credentials } from "./s3-credentials.ts";

const region = "us-east-1";
const rawBucket = "transpod-raw";
const processedBucket = "transpod-processed";
const loopback = "127.0.0.1";
/** At most 50 MB in all. */
const logLimits = { maxBytes: 10_000_000, maxFiles: 5 };

export interface Embedded extends Service {
  /** Of the public API, without a slash at the end. */
  url: string;
  dataDir: string;
  /** Whether the API needs keys. */
  auth: boolean;
  /** Whether the API serves the page. */
  page: boolean;
}

/**
 * Starts all of Transpod on this machine: Postgres, S3 and SQS as child processes, the real controller
 * and API in this process, Jobs as child processes. Resolves when everything is ready. Everything ends
 * with this process, even after SIGKILL.
 */
export async function startEmbedded(config: EmbeddedConfig): Promise<Embedded> {
  await using parts = new AsyncDisposableStack();
  const dataDir = openDataDir(config.dataDir);
  parts.defer(() => dataDir.release());
  const logFile = openLogFile(join(dataDir.path, "transpod.log"), logLimits);
  parts.defer(() => logFile.end());
  const log = createLogger({ service: "transpod", level: config.logLevel, destination: logFile });

  const ports = await choosePorts(dataDir, ["postgres", "s3", "work"]);
  const credentials = await s3Credentials(dataDir);
  const backing = await startBackingServices({ dataDir, ports, credentials, log });
  parts.defer(() => backing.stop());
  // For `make keys`.
  await writeFile(join(dataDir.path, "database-url"), backing.databaseUrl, { mode: 0o600 });
  const aws = { region, endpoint: backing.endpoint, credentials };
  const [s3, sqs] = [createS3(aws), createSqs(aws)];
  const [{ queueUrl }] = await Promise.all([
    provision({ s3, sqs, rawBucket, processedBucket, queueName: "transpod" }),
    migrate(backing.databaseUrl),
  ]);
  const environment = environmentOf(config, backing, queueUrl);

  const jobs = new ChildProcessJobs({
    workUrl: `http://${loopback}:${ports.work}`,
    scratchDir: dataDir.work,
    cpusPerJob: config.cpusPerJob,
    logLevel: config.logLevel,
    onLine: (line) => logFile.write(`${line}\n`),
  });
  parts.defer(() => jobs.stop());
  const { databaseUrl } = backing;
  const pool = createPool({ url: databaseUrl, applicationName: "transpod-controller" }, (err) =>
    log.warn({ event: "database_connection_lost", err }),
  );
  parts.defer(() => pool.end());
  const registry = createRegistry();
  const apiConfig = readApiConfig(environment);
  const tracing = await startTracing("transpod-controller", apiConfig.otlpEndpoint, log);
  parts.defer(() => tracing?.stop());
  const settings = readControllerSettings(environment);
  const controller = await startController(
    {
      ...{ pool, databaseUrl, s3, sqs, rawBucket, processedBucket, queueUrl },
      ...{ jobs, authenticator: jobs, settings, registry, tracing, log },
    },
    // Always the same name: after a kill the next start takes over at once, without waiting for the
    // lease to expire.
    { workPort: ports.work, workHost: loopback, candidate: "embedded" },
  );
  parts.defer(() => controller.stop());
  const api = await startApi(apiConfig, { log, credentials, registry });
  parts.defer(() => api.stop());

  const running = parts.move();
  return {
    url: `http://${loopback}:${api.port}`,
    dataDir: dataDir.path,
    auth: apiConfig.settings.auth,
    page: apiConfig.settings.page,
    stop: () => running.disposeAsync(),
  };
}

/** The variables that the chart sets on a cluster. */
function environmentOf(
  config: EmbeddedConfig,
  { databaseUrl, endpoint }: BackingServices,
  queueUrl: string,
) {
  return {
    ...config.environment,
    HOST: loopback,
    DATABASE_URL: databaseUrl,
    AWS_REGION: region,
    S3_RAW_BUCKET: rawBucket,
    S3_PROCESSED_BUCKET: processedBucket,
    S3_ENDPOINT: endpoint,
    S3_PUBLIC_ENDPOINT: endpoint,
    SQS_ENDPOINT: endpoint,
    SQS_QUEUE_URL: queueUrl,
  };
}
