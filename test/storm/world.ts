import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import { provision } from "@transpod/cli/aws/provision.ts";
import { startMiniStack } from "@transpod/embedded/ministack/server.ts";
import { startPostgres } from "@transpod/embedded/postgres/server.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { createPool } from "@transpod/store/database.ts";
import { migrate } from "@transpod/store/migrate.ts";
import { realWorker, type JobHostOptions } from "./job-host.ts";
import { Part, startKillablePostgres, startModule } from "./part.ts";

const host = "127.0.0.1";
const region = "us-east-1";
const [rawBucket, processedBucket] = ["transpod-raw", "transpod-processed"];
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface WorldOptions {
  folder: string;
  workers: "noop" | "real";
  maxRunningJobs: number;
  seed: number;
}

/** The limit of controller and audit. A chunk is given to another worker six heartbeats after its own was killed. */
export const heartbeatSeconds = { noop: 1, real: 2 };

/** All of Transpod, each part a process of its own, with S3 and SQS from MiniStack. */
export async function startWorld(options: WorldOptions) {
  const { folder, workers, maxRunningJobs, seed } = options;
  await using parts = new AsyncDisposableStack();
  const [postgresPort, awsPort, apiPort, controllerPort, workPort, hostPort] = await Promise.all(
    Array.from({ length: 6 }, () => getPort({ host })),
  );
  const log = createWriteStream(join(folder, "storm.log"));
  const say = (name: string) => (line: string) => void log.write(`${name}: ${line}\n`);

  const scratchDir = join(folder, "work");
  mkdirSync(scratchDir);
  const ministack = await startMiniStack({ folder: join(folder, "ministack"), port: awsPort! });
  parts.defer(() => ministack.stop());
  const aws = { region, endpoint: ministack.endpoint, credentials };
  const [s3, sqs] = [createS3(aws), createSqs(aws)];
  const queues = await provision({ s3, sqs, rawBucket, processedBucket, queueName: "transpod" });
  const data = { folder: join(folder, "postgres"), port: postgresPort!, onLine: say("postgres") };
  const first = await startPostgres(data);
  const { url: databaseUrl } = first;
  await migrate(databaseUrl);
  await first.stop();

  const environment = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...{ AWS_REGION: region, S3_ENDPOINT: ministack.endpoint, SQS_ENDPOINT: ministack.endpoint },
    ...{ S3_RAW_BUCKET: rawBucket, S3_PROCESSED_BUCKET: processedBucket },
    ...{ SQS_QUEUE_URL: queues.queueUrl, DATABASE_URL: databaseUrl, LOG_LEVEL: "warn" },
  };
  const jobHost: JobHostOptions = {
    ...{ port: hostPort!, workUrl: `http://${host}:${workPort}`, scratchDir, seed },
    workers: workers === "noop" ? "noop" : { entryPoint: realWorker },
  };
  const jobHostUrl = `http://${host}:${hostPort}`;
  const node = (name: string, path: string, env: NodeJS.ProcessEnv) =>
    new Part(name, () => startModule(at(path), { ...environment, ...env }, say(name)));
  const postgres = new Part("postgres", () => startKillablePostgres(data));
  const jobs = node("job host", "job-host.ts", { JOB_HOST: JSON.stringify(jobHost) });
  const api = node("api", "../../api/main.ts", {
    ...{ HOST: host, PORT: String(apiPort), AUTH: "off", RATE_LIMIT_PER_MINUTE: "0" },
  });
  const controller = node("controller", "controller.ts", {
    ...{ PORT: String(controllerPort), WORK_PORT: String(workPort), JOB_HOST_URL: jobHostUrl },
    ...{
      MAX_RUNNING_JOBS: String(maxRunningJobs),
      HEARTBEAT_SECONDS: String(heartbeatSeconds[workers]),
    },
    ...{ CHUNK_SECONDS: "1", SWEEP_SECONDS: "3", UPLOAD_EVENT_GRACE_SECONDS: "5" },
    ...{ POD_NAME: "storm", POD_NAMESPACE: "unused", JOB_SETTINGS_FILE: "unused" },
  });
  for (const part of [postgres, jobs, api, controller]) {
    await part.start();
    parts.defer(() => part.stop());
  }
  const pool = createPool({ url: databaseUrl, applicationName: "storm" }, () => {});
  parts.defer(() => pool.end());

  const running = parts.move();
  return {
    ...{ workers, pool, s3, sqs, rawBucket, processedBucket, queueUrl: queues.queueUrl },
    ...{ postgres, jobs, api, controller, apiUrl: `http://${host}:${apiPort}` },
    /** Kills one worker; false when there was none to kill. */
    async killWorker(): Promise<boolean> {
      const response = await fetch(`${jobHostUrl}/kill`, { method: "POST" });
      return ((await response.json()) as { killed: boolean }).killed;
    },
    stop: () => running.disposeAsync(),
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
