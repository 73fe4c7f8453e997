import { GetObjectCommand, PutBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterEach, expect, test, vi } from "vitest";
import { UnavailableError } from "@transpod/runtime/unavailable.ts";
import { listAudit } from "@transpod/store/audit-log.ts";
import type { NewFile } from "@transpod/store/files.ts";
import { startTestController, type TestController } from "./test-controller.ts";

let transpod: TestController;
afterEach(() => transpod.stop());

const waitOptions = { timeout: 20_000, interval: 20 };

/** Attempts and how they ended, oldest first. */
async function attemptsOf(file: NewFile): Promise<string[]> {
  const { rows } = await transpod.pool.query<{
    outcome: string | null;
    failure_code: string | null;
  }>("select outcome, failure_code from transactions where file_id = $1 order by attempt", [
    file.file_id,
  ]);
  return rows.map((row) => row.failure_code ?? row.outcome ?? "open");
}

async function publishes(name: string): Promise<void> {
  const file = await transpod.announce(name);
  await transpod.put(file);
  expect((await transpod.untilEnded(file)).state).toBe("completed");
}

function eventFor(...files: NewFile[]): string {
  return JSON.stringify({
    Records: files.map((file) => ({
      eventName: "ObjectCreated:Put",
      eventTime: new Date().toISOString(),
      s3: {
        bucket: { name: transpod.aws.rawBucket },
        object: { key: file.s3_key, size: 5, eTag: "e", versionId: "v" },
      },
    })),
  });
}

test("an upload is published, once, although its event comes twenty times", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("holiday.mp4");
  await Promise.all(Array.from({ length: 20 }, () => transpod.send(eventFor(file))));
  const status = await transpod.untilEnded(file);
  expect(status.state).toBe("completed");
  const object = await transpod.aws.s3.send(
    new GetObjectCommand({ Bucket: transpod.aws.processedBucket, Key: status.processed_key ?? "" }),
  );
  expect(await object.Body?.transformToString()).toBe("transcoded");
  expect(await attemptsOf(file)).toEqual(["completed"]);

  const replayed = await transpod.announce("later.mp4");
  await transpod.send(eventFor(file));
  await transpod.send(eventFor(replayed));
  await transpod.untilEnded(replayed);
  expect(await attemptsOf(file)).toEqual(["completed"]);
});

test("several records in one message all start", async () => {
  transpod = await startTestController();
  const files = await Promise.all([1, 2, 3].map((n) => transpod.announce(`film-${n}.mp4`)));
  await transpod.send(eventFor(...files));
  const ended = await Promise.all(files.map((file) => transpod.untilEnded(file)));
  expect(ended.map((status) => status.state)).toEqual(["completed", "completed", "completed"]);
});

test("garbage goes to the dead-letter queue while its neighbours flow; a test event is acknowledged", async () => {
  transpod = await startTestController();
  const { sqs, queueUrl, deadLetterQueueUrl } = transpod.aws;
  await transpod.send("garbage");
  await transpod.send(JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent" }));
  const file = await transpod.announce("holiday.mp4");
  await transpod.send(eventFor(file));
  expect((await transpod.untilEnded(file)).state).toBe("completed");
  const dead = await vi.waitUntil(() => transpod.receive(deadLetterQueueUrl), { timeout: 20_000 });
  expect(dead).toBe("garbage");
  const attributes = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
  );
  expect(attributes.Attributes).toMatchObject({
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
  });
});

test("an upload whose event was lost is found and published", async () => {
  transpod = await startTestController();
  const { s3, rawBucket } = transpod.aws;
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: rawBucket,
      NotificationConfiguration: {},
    }),
  );
  const file = await transpod.announce("holiday.mp4");
  await transpod.put(file);
  expect((await transpod.untilEnded(file)).state).toBe("completed");
  const { rows } = await transpod.pool.query(
    "select to_state from history where file_id = $1 order by history_id",
    [file.file_id],
  );
  expect(rows.map((row: { to_state: string }) => row.to_state)).toEqual([
    "awaiting_upload",
    "uploaded",
    "pending",
    "processing",
    "completed",
  ]);
});

test("the sweep deletes entries of the audit log after a year by default", async () => {
  transpod = await startTestController();
  await transpod.pool.query(
    `insert into audit_log (at, action, result)
     select now() - make_interval(days => age), age::text, 'done' from unnest(array[366, 364]) as age`,
  );
  await vi.waitUntil(async () => (await listAudit(transpod.pool, 10)).length < 2, waitOptions);
  expect(await listAudit(transpod.pool, 10)).toMatchObject([{ action: "364" }]);
});

test("zero bytes fail at once, without a Job", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("empty.mp4");
  await transpod.put(file, "");
  expect(await transpod.untilEnded(file)).toMatchObject({
    state: "failed",
    failure_code: "empty_file",
  });
  expect(await transpod.jobs.list()).toEqual([]);
});

test("an upload above the limit fails at once, without a Job", async () => {
  transpod = await startTestController({ maxUploadBytes: 4 });
  const file = await transpod.announce("large.mp4");
  await transpod.put(file, "12345");
  expect(await transpod.untilEnded(file)).toMatchObject({
    state: "failed",
    failure_code: "too_large",
  });
  expect(await transpod.jobs.list()).toEqual([]);
});

test.each([
  ["a file at fault is tried once", "exit-13.mp4", ["unsupported_codec"]],
  [
    "a worker that fails is tried three times",
    "exit-1.mp4",
    ["internal_error", "internal_error", "internal_error"],
  ],
  [
    "a worker's own word counts like its exit",
    "say-stalled.mp4",
    ["stalled", "stalled", "stalled"],
  ],
  ["exit 0 without a result is no success", "exit-0.mp4", ["no_result", "no_result", "no_result"]],
  ["a worker that fails once is tried again", "once-exit-1.mp4", ["internal_error", "completed"]],
  [
    "a worker that ran out of memory gets more",
    "once-exit-137.mp4",
    ["out_of_memory", "completed"],
  ],
  ["an interrupted worker is tried again", "once-exit-143.mp4", ["interrupted", "completed"]],
])("%s", async (_, name, expected) => {
  transpod = await startTestController();
  const file = await transpod.announce(name);
  await transpod.put(file);
  await transpod.untilEnded(file);
  expect(await attemptsOf(file)).toEqual(expected);
});

test("a worker that says nothing is given up, and its attempt is fenced", async () => {
  transpod = await startTestController({ silenceSeconds: 1 });
  const file = await transpod.announce("once-hang.mp4");
  await transpod.put(file);
  expect((await transpod.untilEnded(file)).state).toBe("completed");
  expect(await attemptsOf(file)).toEqual(["stalled", "completed"]);
  const jobs = await transpod.jobs.list();
  expect(jobs.map((job) => job.attempt)).toEqual([2]);
});

test("connections that Postgres cuts, again and again, cost nothing but time", async () => {
  transpod = await startTestController();
  const files = await Promise.all([1, 2, 3, 4].map((n) => transpod.announce(`film-${n}.mp4`)));
  for (const file of files) {
    await transpod.put(file);
    for (let cut = 0; cut < 5; cut += 1) await transpod.cutDatabaseConnections();
  }
  for (const file of files) expect((await transpod.untilEnded(file)).state).toBe("completed");
  for (const file of files) expect(await attemptsOf(file)).toEqual(["completed"]);
});

test("a Job that vanishes is replaced by a new attempt", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("once-hang.mp4");
  await transpod.put(file);
  await vi.waitUntil(async () => (await transpod.jobs.list()).length === 1);
  const [job] = await transpod.jobs.list();
  await transpod.jobs.remove(job!.name);
  expect((await transpod.untilEnded(file)).state).toBe("completed");
  expect(await attemptsOf(file)).toEqual(["job_lost", "completed"]);
});

test("a Job that was never created after its slot was reserved is created by the sweep", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("holiday.mp4");
  await transpod.whileStopped(async () => {
    await transpod.put(file);
    // The state after a controller died between the reservation and the creation.
    await transpod.pool.query(
      `with reserved as (update files set state = 'processing', attempt = 1, queued_at = now(),
         source_version = '', source_etag = 'e', source_size_bytes = 5 where file_id = $1 returning file_id)
       insert into transactions (file_id, attempt, job_name, reserved_at)
       select file_id, 1, 'transpod-' || file_id || '-1', now() from reserved`,
      [file.file_id],
    );
  });
  expect((await transpod.untilEnded(file)).state).toBe("completed");
  expect(await attemptsOf(file)).toEqual(["completed"]);
});

test("a file whose Job can't be created says so, and is published when it can", async () => {
  transpod = await startTestController();
  const create = vi.spyOn(transpod.jobs, "create");
  create.mockRejectedValue(new UnavailableError("The place where Jobs run", null));
  const file = await transpod.announce("holiday.mp4");
  await transpod.put(file);
  const why = "The place where Jobs run can't be used right now.";
  await transpod.until(file, (status) => status.waiting_for === why);
  create.mockRestore();
  expect(await transpod.untilEnded(file)).toMatchObject({ state: "completed", waiting_for: null });
  expect(await attemptsOf(file)).toEqual(["completed"]);
});

test("each Job's record tells how its attempt ended; losing the record harms nothing", async () => {
  transpod = await startTestController();
  const record = vi.spyOn(transpod.jobs, "recordEvent");
  record.mockRejectedValue(new Error("There is no room for events."));
  const file = await transpod.announce("once-exit-1.mp4");
  await transpod.put(file);
  expect((await transpod.untilEnded(file)).state).toBe("completed");
  // The row comes first.
  await vi.waitUntil(() => record.mock.calls.length > 1, 10_000);
  expect(record.mock.calls).toMatchObject([
    [`transpod-${file.file_id}-1`, { type: "Warning", reason: "AttemptRetried" }],
    [`transpod-${file.file_id}-2`, { type: "Normal", reason: "FileCompleted" }],
  ]);
});

test("under a cap of one, videos run one after the other, the higher priority first", async () => {
  transpod = await startTestController({ maxRunningJobs: 1 });
  const blocker = await transpod.announce("hang.mp4");
  await transpod.put(blocker);
  await transpod.until(blocker, (status) => status.state === "processing");
  const low = await transpod.announce("low.mp4", { priority: -1 });
  const high = await transpod.announce("high.mp4", { priority: 1 });
  for (const file of [low, high]) await transpod.put(file);
  await transpod.until(low, (status) => status.queue_position === 2);
  await transpod.until(high, (status) => status.queue_position === 1);

  await transpod.pool.query(
    "update files set state = 'failed', failure_code = 'stalled' where file_id = $1",
    [blocker.file_id],
  );
  const ended = await Promise.all([low, high].map((file) => transpod.untilEnded(file)));
  expect(ended.map((status) => status.state)).toEqual(["completed", "completed"]);
  const { rows } = await transpod.pool.query<{ file_id: string; before: boolean }>(
    `select file_id, ended_at <= lead(reserved_at) over (order by reserved_at) as before
     from transactions where file_id <> $1 order by reserved_at`,
    [blocker.file_id],
  );
  expect(rows).toEqual([
    { file_id: high.file_id, before: true },
    { file_id: low.file_id, before: null },
  ]);
});

test("the work port answers nobody without the token of a running Job", async () => {
  transpod = await startTestController();
  for (const authorization of ["", "Bearer ", "Bearer guess", "Basic Z3Vlc3M="]) {
    const response = await fetch(`${transpod.workUrl}/work/claim`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ worker: "stranger" }),
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "unauthorized" });
  }
});

test("of two controllers one leads; the other answers workers, and leads when the first has lost its lease or stops", async () => {
  transpod = await startTestController({ leaseSeconds: 6 }, "first");
  await vi.waitUntil(() => transpod.leads(), waitOptions);
  const second = await transpod.startAnother("second");
  await publishes("one.mp4");
  expect(await second.leads()).toBe(false);

  // Simulates that the first was away for longer than its lease, and the second took it.
  await transpod.pool.query("update leases set holder = 'second', epoch = epoch + 1");
  await vi.waitUntil(async () => (await second.leads()) && !(await transpod.leads()), waitOptions);
  await publishes("two.mp4");
  expect(await transpod.leads()).toBe(false);

  await second.stop();
  await vi.waitUntil(() => transpod.leads(), waitOptions);
  await publishes("three.mp4");
});

test("three controllers that lead at once start each video once", async () => {
  transpod = await startTestController({ maxRunningJobs: 3 });
  await Promise.all([transpod.startAnother(), transpod.startAnother()]);
  const files = await Promise.all(
    Array.from({ length: 6 }, (_, n) => transpod.announce(`film-${n}.mp4`)),
  );
  for (const file of files) await transpod.put(file);
  for (const file of files) expect((await transpod.untilEnded(file)).state).toBe("completed");
  for (const file of files) expect(await attemptsOf(file)).toEqual(["completed"]);
});
