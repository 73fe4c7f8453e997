import { randomUUID } from "node:crypto";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, expect, test, vi } from "vitest";
import { rawKey } from "@transpod/contract/object-keys.ts";
import type { NewFile } from "@transpod/store/files.ts";
import { httpStatus } from "../fault-proxy.ts";
import { startTestController, type TestController } from "../test-controller.ts";

/**
 * Faults of S3's events and SQS's messages, and of clients' uploads: the real controller, queue and
 * buckets.
 */

vi.setConfig({ testTimeout: 90_000 });

let transpod: TestController;
afterEach(() => transpod.stop());

const waitOptions = { timeout: 60_000, interval: 50 };

interface RecordOverrides {
  key?: string;
  version?: string;
  etag?: string;
}

function recordOf(
  file: NewFile,
  { key = file.s3_key, version = "v", etag = "e" }: RecordOverrides = {},
) {
  const object = { key, size: 5, eTag: etag, versionId: version };
  const s3 = { bucket: { name: transpod.aws.rawBucket }, object };
  return { eventName: "ObjectCreated:Put", eventTime: new Date().toISOString(), s3 };
}

const send = (...Records: object[]) => transpod.send(JSON.stringify({ Records }));

/** As the API names its object. */
async function announceNamed(name: string): Promise<NewFile> {
  const file_id = randomUUID();
  return await transpod.announce(name, { file_id, s3_key: rawKey(name, file_id) });
}

async function expectPublishedOnce(...files: NewFile[]): Promise<void> {
  for (const file of files) expect((await transpod.untilEnded(file)).state).toBe("completed");
  for (const file of files) expect(await transpod.endsOf(file)).toEqual(["completed"]);
}

async function untilQueueEmpty(): Promise<void> {
  const empty = { waiting: 0, received: 0 };
  await vi.waitFor(async () => {
    expect(await transpod.messagesIn(transpod.aws.queueUrl)).toEqual(empty);
  }, waitOptions);
}

/** Every message was read and deleted. */
async function expectQueuesEmpty(): Promise<void> {
  await untilQueueEmpty();
  const dead = await transpod.messagesIn(transpod.aws.deadLetterQueueUrl);
  expect(dead).toEqual({ waiting: 0, received: 0 });
}

test("an event that comes fifty times at once makes one attempt, and so does yesterday's afterwards", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("holiday.mp4");
  const body = recordOf(file);
  await Promise.all(Array.from({ length: 50 }, () => send(body)));
  await expectPublishedOnce(file);
  await send(body);
  await expectQueuesEmpty();
  expect(await transpod.endsOf(file)).toEqual(["completed"]);
});

test("events of two versions that come in the wrong order make one attempt, of the version that was named first", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("holiday.mp4");
  await send(recordOf(file, { version: "v2", etag: "second" }));
  await transpod.until(file, (status) => status.source_version === "v2");
  await send(recordOf(file, { version: "v1", etag: "first" }));
  await expectPublishedOnce(file);
  await expectQueuesEmpty();
  expect(await transpod.dispositions()).toEqual(["accepted", "superseded"]);
  expect(await transpod.endsOf(file)).toEqual(["completed"]);
});

test("a test event and bodies without records are acknowledged, and leave nothing", async () => {
  transpod = await startTestController();
  await transpod.send(JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent" }));
  await transpod.send("{}");
  await send();
  await expectQueuesEmpty();
  expect(await transpod.dispositions()).toEqual([]);
});

test("names with spaces, plus, percent, umlauts and pictures are found again by their events", async () => {
  transpod = await startTestController();
  const names = ["my film.mp4", "a+b.mp4", "100% a%20b.mp4", "Grüße.mov", "🎬 party.mp4"];
  const files = await Promise.all(names.map((name) => announceNamed(name)));
  for (const file of files) await transpod.put(file);
  await expectPublishedOnce(...files);
  expect(await transpod.dispositions()).toEqual(Array<string>(5).fill("accepted"));
});

test("of three records in one message the bad one holds up neither of the others", async () => {
  transpod = await startTestController();
  const [one, two] = [await transpod.announce("one.mp4"), await transpod.announce("two.mp4")];
  await send(recordOf(one), recordOf(one, { key: "%E0%A4%A" }), recordOf(two));
  await expectPublishedOnce(one, two);
  await expectQueuesEmpty();
});

test("poison goes to the dead-letter queue while twenty videos flow", async () => {
  transpod = await startTestController({ maxRunningJobs: 4 });
  await transpod.send("garbage");
  const files = await Promise.all(
    Array.from({ length: 20 }, (_, n) => transpod.announce(`film-${n}.mp4`)),
  );
  for (const file of files) await send(recordOf(file));
  await expectPublishedOnce(...files);
  await untilQueueEmpty();
  const dead = await transpod.messagesIn(transpod.aws.deadLetterQueueUrl);
  expect(dead).toEqual({ waiting: 1, received: 0 });
});

test("an object whose key nobody issued is written down as foreign, and makes no Job", async () => {
  transpod = await startTestController();
  const { s3, rawBucket } = transpod.aws;
  const keys = ["stranger.mp4", rawKey("stranger.mp4", "00000000-0000-4000-8000-000000000000")];
  for (const Key of keys) {
    await s3.send(new PutObjectCommand({ Bucket: rawBucket, Key, Body: "video" }));
  }
  await vi.waitFor(async () => {
    expect(await transpod.dispositions()).toEqual(["foreign", "foreign"]);
  }, waitOptions);
  await expectQueuesEmpty();
  expect(await transpod.jobs.list()).toEqual([]);
});

test("messages that come again, since recording takes too long or they can't be deleted, change nothing", async () => {
  transpod = await startTestController({ queueVisibilitySeconds: 1 });
  const { pool, aws } = transpod;
  const { sqs } = transpod.faults;
  const file = await transpod.announce("holiday.mp4");
  await sqs.suffer(httpStatus(500, "DeleteMessageBatch"));
  const inTheWay = await pool.connect();
  await inTheWay.query("begin");
  await inTheWay.query("lock table inbox");
  await send(recordOf(file));
  await vi.waitUntil(async () => {
    // The sweep may wait too, to delete old arrivals.
    const { rowCount } = await pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
         and query like 'insert into inbox %'`,
    );
    return rowCount === 1;
  }, waitOptions);
  // Its visibility timeout ends and others receive it, while it is still being recorded.
  await vi.waitUntil(
    async () => (await transpod.receive(aws.queueUrl))?.includes(file.s3_key),
    waitOptions,
  );
  await inTheWay.query("rollback");
  inTheWay.release();
  await expectPublishedOnce(file);
  await sqs.suffer({ kind: "pass" });
  await untilQueueEmpty();
  expect(await transpod.endsOf(file)).toEqual(["completed"]);
});

test("a source that is overwritten during the work changes nothing: the accepted version is the one", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("copy.mp4");
  await transpod.put(file, "the first version");
  await transpod.until(file, (status) => status.state !== "awaiting_upload");
  await transpod.put(file, "another");
  const { processed_key } = await transpod.untilEnded(file);
  const at = { Bucket: transpod.aws.processedBucket, Key: processed_key ?? "" };
  const output = await transpod.aws.s3.send(new GetObjectCommand(at));
  expect(await output.Body?.transformToString()).toBe("the first version");
  expect(await transpod.endsOf(file)).toEqual(["completed"]);
});

test("a source that is deleted before it was read fails the file with that reason", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("copy.mp4");
  await transpod.whileStopped(async () => {
    await transpod.put(file);
    const { s3, rawBucket: Bucket } = transpod.aws;
    const { VersionId } = await s3.send(new GetObjectCommand({ Bucket, Key: file.s3_key }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: file.s3_key, VersionId }));
  });
  const status = await transpod.untilEnded(file);
  expect(status).toMatchObject({ state: "failed", failure_code: "source_changed" });
  expect(await transpod.endsOf(file)).toEqual(["source_changed"]);
});

test("a Job of our name that is a stranger's fails the file with that reason", async () => {
  transpod = await startTestController();
  vi.spyOn(transpod.jobs, "create").mockResolvedValue("name_taken" as never);
  const file = await transpod.announce("holiday.mp4");
  await transpod.put(file);
  const status = await transpod.untilEnded(file);
  expect(status).toMatchObject({ state: "failed", failure_code: "job_name_taken" });
  expect(status.failure_detail).toContain("Delete it and retry the file.");
});

test("a Job that ended and was deleted while no controller looked is replaced", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("once-hang.mp4");
  await transpod.put(file);
  const job = await vi.waitUntil(async () => (await transpod.jobs.list())[0], waitOptions);
  await transpod.whileStopped(() => transpod.jobs.remove(job.name));
  expect((await transpod.untilEnded(file)).state).toBe("completed");
  expect(await transpod.endsOf(file)).toEqual(["job_lost", "completed"]);
});
