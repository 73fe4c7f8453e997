import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import getPort from "get-port";
import { vi } from "vitest";
import { isTerminal } from "@transpod/contract/states.ts";
import { readControllerSettings, type ControllerSettings } from "@transpod/controller/config.ts";
import { startController } from "@transpod/controller/controller.ts";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import type { Service } from "@transpod/runtime/process.ts";
import type { Tracing } from "@transpod/runtime/tracing.ts";
import { createPool } from "@transpod/store/database.ts";
import { getFileStatus, type FileStatusRow, type NewFile } from "@transpod/store/files.ts";
import { announcedFile } from "@transpod/store/testing.ts";
import { FaultProxy, addressOf } from "./fault-proxy.ts";
import { administer, freshAws, freshDatabase } from "./harness.ts";

/** One of the controllers of a test. */
export interface RunningController extends Service {
  leads(): Promise<boolean>;
}

const worker = fileURLToPath(new URL("noop-worker.ts", import.meta.url));
const waitOptions = { timeout: 60_000, interval: 20 };

/**
 * The real controller with Jobs as child processes, and a database and a queue of its own; between them
 * are proxies, whose faults don't affect the test itself. It is a candidate for the leader's lease, or
 * leads without an election. By default its workers transcode nothing.
 */
export async function startTestController(
  said: Partial<ControllerSettings> = {},
  candidate?: string,
  entryPoint = worker,
  tracing?: Tracing,
) {
  const [database, aws] = await Promise.all([freshDatabase(), freshAws()]);
  const { pool } = database;
  const faults = {
    postgres: await FaultProxy.open(addressOf(database.url)),
    s3: await FaultProxy.open(addressOf(aws.endpoint)),
    sqs: await FaultProxy.open(addressOf(aws.endpoint)),
  };
  const databaseUrl = faults.postgres.through(database.url);
  const ownPool = createPool(
    { url: databaseUrl, applicationName: "transpod-controller" },
    () => {},
  );
  const { region } = aws;
  const behind = {
    ...{ pool: ownPool, databaseUrl, queueUrl: faults.sqs.through(aws.queueUrl) },
    s3: createS3({ region, endpoint: faults.s3.through(aws.endpoint) }),
    sqs: createSqs({ region, endpoint: faults.sqs.through(aws.endpoint) }),
  };
  const scratchDir = await mkdtemp(join(tmpdir(), "transpod-test-jobs-"));
  const workPort = await getPort({ host: "127.0.0.1" });
  const jobs = new ChildProcessJobs({
    workUrl: `http://127.0.0.1:${workPort}`,
    scratchDir,
    cpusPerJob: 1,
    logLevel: "silent",
    onLine: () => {},
    entryPoint,
  });
  const settings: ControllerSettings = {
    ...readControllerSettings({}),
    sweepSeconds: 1,
    uploadEventGraceSeconds: 1,
    queueVisibilitySeconds: 1,
    retryDelaySeconds: { initial: 0, max: 0 },
    ...said,
  };
  const log = createLogger({ service: "controller", level: "silent" });
  const deps = { ...aws, ...behind, jobs, authenticator: jobs, settings };
  async function start(as: string | undefined, port: number): Promise<RunningController> {
    const registry = createRegistry();
    const options = { workPort: port, workHost: "127.0.0.1", candidate: as };
    const running = await startController({ ...deps, registry, tracing, log }, options);
    return {
      stop: () => running.stop(),
      async leads() {
        const { values } = await registry.getSingleMetric("transpod_leading")!.get();
        return values[0]?.value === 1;
      },
    };
  }
  let controller = await start(candidate, workPort);
  const others: RunningController[] = [];

  async function stop(): Promise<void> {
    await Promise.all([controller, ...others].map((running) => running.stop()));
    await jobs.stop();
    await ownPool.end();
    for (const proxy of Object.values(faults)) await proxy[Symbol.asyncDispose]();
    await database.drop();
    await rm(scratchDir, { recursive: true, force: true });
  }

  return {
    stop,
    [Symbol.asyncDispose]: stop,
    ...{ pool, database, aws, jobs, faults, databaseUrl },
    leads: () => controller.leads(),
    /** Another controller for the same Jobs, database and queue; workers use the first. */
    async startAnother(as?: string): Promise<RunningController> {
      const another = await start(as, await getPort({ host: "127.0.0.1" }));
      others.push(another);
      return another;
    },
    workUrl: `http://127.0.0.1:${workPort}`,
    /** Runs `work` while no controller runs. */
    async whileStopped(work: () => Promise<void>): Promise<void> {
      await controller.stop();
      await work();
      controller = await start(candidate, workPort);
    },
    /** Ends all connections, like a restart of the server. */
    async cutDatabaseConnections(): Promise<void> {
      await administer(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = '${new URL(database.url).pathname.slice(1)}'`,
      );
    },
    announce: (name: string, more: Partial<NewFile> = {}) =>
      announcedFile(pool, { file_name: name, ...more }),
    /** Uploads like a client, so that S3 sends its event. */
    async put(file: NewFile, body: string | Buffer = "video"): Promise<void> {
      await aws.s3.send(
        new PutObjectCommand({
          Bucket: aws.rawBucket,
          Key: file.s3_key,
          Body: Buffer.from(body),
        }),
      );
    },
    async send(body: string): Promise<void> {
      await aws.sqs.send(new SendMessageCommand({ QueueUrl: aws.queueUrl, MessageBody: body }));
    },
    /** Waits for one message of a queue and reads it. */
    async receive(queueUrl: string): Promise<string | undefined> {
      const request = { QueueUrl: queueUrl, WaitTimeSeconds: 10, VisibilityTimeout: 0 };
      const { Messages } = await aws.sqs.send(new ReceiveMessageCommand(request));
      return Messages?.[0]?.Body;
    },
    /** Messages of a queue that wait, or are received and not deleted. */
    async messagesIn(QueueUrl: string): Promise<{ waiting: number; received: number }> {
      const { Attributes = {} } = await aws.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
      );
      return {
        waiting: Number(Attributes["ApproximateNumberOfMessages"]),
        received: Number(Attributes["ApproximateNumberOfMessagesNotVisible"]),
      };
    },
    /** How the attempts at a file ended, oldest first: completed, a failure's code, or open. */
    async endsOf(file: NewFile): Promise<string[]> {
      const { rows } = await pool.query<{ end: string }>(
        `select coalesce(failure_code, outcome, 'open') as end from transactions
         where file_id = $1 order by attempt`,
        [file.file_id],
      );
      return rows.map((row) => row.end);
    },
    /** The dispositions of the recorded arrivals. */
    async dispositions(): Promise<string[]> {
      const { rows } = await pool.query<{ disposition: string }>(
        "select disposition from inbox order by received_at",
      );
      return rows.map((row) => row.disposition);
    },
    /** Waits until a file's status meets the condition. */
    async until(
      file: NewFile,
      condition: (status: FileStatusRow) => boolean,
    ): Promise<FileStatusRow> {
      return await vi.waitUntil(async () => {
        const status = await getFileStatus(pool, file.file_id);
        return status !== undefined && condition(status) ? status : undefined;
      }, waitOptions);
    },
    async untilEnded(file: NewFile): Promise<FileStatusRow> {
      return await this.until(file, (status) => isTerminal(status.state));
    },
  };
}

export type TestController = Awaited<ReturnType<typeof startTestController>>;
