import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { execa } from "execa";
import getPort from "get-port";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { isTerminal } from "@transpod/contract/states.ts";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import type { CrashPoint } from "@transpod/runtime/crash-point.ts";
import { getFileStatus, type NewFile } from "@transpod/store/files.ts";
import { countByState } from "@transpod/store/launches.ts";
import { announcedFile } from "@transpod/store/testing.ts";
import { WorkClient } from "@transpod/transcoder-image/work/work-client.ts";
import { FaultProxy } from "../fault-proxy.ts";
import { freshAws, freshDatabase, type TestAws, type TestDatabase } from "../harness.ts";
import { noopAttempt } from "../noop-attempt.ts";
import { InProcessJobs } from "../storm/in-process-jobs.ts";
import type { ControllerArguments, ControllerRequest } from "./controller-main.ts";
import { serveJobs } from "./remote-jobs.ts";

/** Controllers as processes that freeze, die or have wrong clocks, while their Jobs keep running. */

vi.setConfig({ testTimeout: 120_000 });

const entryPoint = fileURLToPath(new URL("controller-main.ts", import.meta.url));
const worker = fileURLToPath(new URL("../noop-worker.ts", import.meta.url));
const waitOptions = { timeout: 60_000, interval: 50 };

let database: TestDatabase;
let aws: TestAws;
let folder: string;
let work: FaultProxy;
/** The controller that answers the workers, as a Service would choose it. */
let workPort: number;
let jobs: ChildProcessJobs;
let served: Awaited<ReturnType<typeof serveJobs>>;
let running: Controller[];

async function setUp(): Promise<void> {
  [database, aws] = await Promise.all([freshDatabase(), freshAws()]);
  folder = await mkdtemp(join(tmpdir(), "transpod-processes-test-"));
  work = await FaultProxy.open(() => ({ host: "127.0.0.1", port: workPort }));
  jobs = new ChildProcessJobs({
    workUrl: `http://127.0.0.1:${work.port}`,
    scratchDir: folder,
    ...{ cpusPerJob: 1, logLevel: "silent", onLine: () => {}, entryPoint: worker },
  });
  served = await serveJobs(jobs);
  running = [];
}

async function tearDown(): Promise<void> {
  for (const controller of running) await controller.end();
  await jobs.stop();
  served.close();
  await work[Symbol.asyncDispose]();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
}

interface Controller {
  controllerArguments: ControllerArguments;
  /** Resolves with the signal that ended it. */
  ended: Promise<string | undefined>;
  kill(signal: NodeJS.Signals): boolean;
  ask(question: ControllerRequest): Promise<number>;
  end(): Promise<void>;
}

async function startController(said: Partial<ControllerArguments> = {}): Promise<Controller> {
  const controllerArguments: ControllerArguments = {
    ...{ databaseUrl: database.url, endpoint: aws.endpoint, queueUrl: aws.queueUrl },
    ...{ rawBucket: aws.rawBucket, processedBucket: aws.processedBucket, jobsUrl: served.url },
    ...{ workPort: await getPort({ host: "127.0.0.1" }), candidate: "one", clockOffsetMs: 0 },
    ...said,
    settings: {
      ...{ sweepSeconds: 1, uploadEventGraceSeconds: 2, queueVisibilitySeconds: 1 },
      ...{ leaseSeconds: 3, maxRunningJobs: 3, retryDelaySeconds: { initial: 0, max: 0 } },
      ...said.settings,
    },
  };
  const subprocess = execa(
    process.execPath,
    ["--expose-gc", entryPoint, JSON.stringify(controllerArguments)],
    {
      ...{ ipc: true, reject: false, all: true },
    },
  );
  const ended = subprocess.then((result) => result.signal);
  await Promise.race([
    subprocess.getOneMessage(),
    subprocess.then(({ all }) => Promise.reject(new Error(all))),
  ]);
  const controller: Controller = {
    controllerArguments,
    ended,
    kill: (signal) => subprocess.kill(signal),
    async ask(question) {
      const [answer] = await Promise.all([
        subprocess.getOneMessage(),
        subprocess.sendMessage(question as never),
      ]);
      return answer as unknown as number;
    },
    async end() {
      subprocess.kill("SIGKILL");
      await ended;
    },
  };
  workPort = controllerArguments.workPort;
  running.push(controller);
  return controller;
}
async function put(file: NewFile): Promise<void> {
  const at = { Bucket: aws.rawBucket, Key: file.s3_key };
  await aws.s3.send(new PutObjectCommand({ ...at, Body: "video" }));
}

async function upload(count: number): Promise<NewFile[]> {
  const names = Array.from({ length: count }, (_, n) => `film-${n}.mp4`);
  const files = await Promise.all(
    names.map((file_name) => announcedFile(database.pool, { file_name })),
  );
  for (const file of files) await put(file);
  return files;
}

/** In one attempt, by one Job, with one object that the row points to. */
async function expectPublishedOnce(file: NewFile): Promise<void> {
  const status = await vi.waitUntil(async () => {
    const row = await getFileStatus(database.pool, file.file_id);
    return row !== undefined && isTerminal(row.state) && row;
  }, waitOptions);
  expect(status).toMatchObject({ state: "completed", attempt: 1 });
  const name = `transpod-${file.file_id}-1`;
  expect(served.created.filter((one) => one.includes(file.file_id))).toEqual([name]);
  const { Contents = [] } = await aws.s3.send(
    new ListObjectsV2Command({ Bucket: aws.processedBucket, Prefix: file.file_id }),
  );
  expect(Contents.map((object) => object.Key)).toEqual([status.processed_key]);
}

async function term(): Promise<{ holder: string; epoch: number } | undefined> {
  const { rows } = await database.pool.query<{ holder: string; epoch: number }>(
    "select holder, epoch from leases where expires_at > now()",
  );
  return rows[0];
}

async function untilLeads(holder: string): Promise<void> {
  await vi.waitUntil(async () => (await term())?.holder === holder, waitOptions);
}

/** A message that comes again would reach a crash point in the place of the next video's. */
async function untilNoMessages(): Promise<void> {
  await vi.waitUntil(async () => {
    const { Attributes = {} } = await aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: aws.queueUrl, AttributeNames: ["All"] }),
    );
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
    return ApproximateNumberOfMessages === "0" && ApproximateNumberOfMessagesNotVisible === "0";
  }, waitOptions);
}

const points: CrashPoint[] = [
  "arrivals_written",
  "arrivals_committed",
  "slot_reserved",
  "job_created",
  "attempt_claimed",
  "upload_begun",
  "parts_joined",
  "completion_committed",
];

/** From here on Jobs run inside this process: sixty processes would take longer than the rest of the test. */
async function serveJobsInProcess(): Promise<InProcessJobs> {
  const workUrl = `http://127.0.0.1:${work.port}`;
  const inProcess = new InProcessJobs((spec, value, signal) =>
    noopAttempt(
      new WorkClient({ workUrl, token: { value } }),
      { worker: spec.name, scratchDir: folder },
      signal,
    ),
  );
  served.close();
  served = await serveJobs(inProcess);
  return inProcess;
}

describe("killed at one point after the other", () => {
  beforeAll(setUp);
  afterAll(tearDown);

  test.each(points)(
    "a controller that is killed at %s, and whose Jobs run on, finishes the video in its first Job",
    async (point) => {
      // The one that finished the video of the point before.
      const first = running.at(-1) ?? (await startController());
      await untilLeads("one");
      await untilNoMessages();
      await first.ask({ arm: point });
      const [file] = await upload(1);
      expect(await first.ended).toBe("SIGKILL");
      await startController({ workPort: first.controllerArguments.workPort });
      await expectPublishedOnce(file!);
    },
  );
});

describe("frozen, with a wrong clock, or with a backlog", () => {
  beforeEach(setUp);
  afterEach(tearDown);

  test("a leader that stands still past its lease is replaced, and changes nothing when it wakes", async () => {
    const one = await startController({ candidate: "one" });
    await untilLeads("one");
    const two = await startController({ candidate: "two" });
    const files: NewFile[] = [];
    for (const [leader, other, next] of [
      [one, two, "two"],
      [two, one, "one"],
    ] as const) {
      files.push(...(await upload(4)));
      // In the middle of its work, whatever that is just then.
      await vi.waitUntil(() => served.created.length > files.length - 4, waitOptions);
      leader.kill("SIGSTOP");
      workPort = other.controllerArguments.workPort;
      work.reset();
      await untilLeads(next);
      files.push(...(await upload(2)));
      leader.kill("SIGCONT");
    }
    for (const file of files) await expectPublishedOnce(file);
  });

  test("clocks that are wrong by ten minutes, one fast and one slow, end no lease and no attempt", async () => {
    const tenMinutes = 600_000;
    const settings = { silenceSeconds: 60, jobDeadlineSeconds: 120, leaseSeconds: 6 };
    await startController({ candidate: "fast", clockOffsetMs: tenMinutes, settings });
    await untilLeads("fast");
    await startController({ candidate: "slow", clockOffsetMs: -tenMinutes, settings });
    const before = await term();
    for (const file of await upload(6)) await expectPublishedOnce(file);
    expect(await term()).toEqual(before);
    running[0]?.kill("SIGKILL");
    await untilLeads("slow");
    for (const file of await upload(2)) await expectPublishedOnce(file);
  });

  test("a backlog of ten thousand keeps to the cap, and the controller's memory stays as it is", async () => {
    await database.pool.query(
      `with fresh as (
       insert into files (file_id, file_name, s3_key, state, attempt, queued_at, source_version,
                          source_etag, source_size_bytes, upload_until)
       select gen_random_uuid(), 'film.mp4', 'film-' || n || '.mp4', 'pending', 1, now(), '', 'e', 5,
         now()
       from generate_series(1, 10000) n
       returning file_id
     )
     insert into transactions (file_id, attempt, job_name)
     select file_id, 1, 'transpod-' || file_id || '-1' from fresh`,
    );
    const inProcess = await serveJobsInProcess();
    const controller = await startController();
    async function untilDone(count: number): Promise<void> {
      await vi.waitUntil(async () => {
        const states = await countByState(database.pool);
        expect(states["processing"] ?? 0).toBeLessThanOrEqual(3);
        return (states["completed"] ?? 0) >= count;
      }, waitOptions);
    }
    await untilDone(15);
    const before = await controller.ask("memory");
    await untilDone(60);
    const grown = (await controller.ask("memory")) - before;
    expect(grown).toBeLessThan(10 * 1024 ** 2);
    expect(served.created.length).toBe(new Set(served.created).size);
    await controller.end();
    for (const { name } of await inProcess.list()) await inProcess.remove(name);
  });
});
