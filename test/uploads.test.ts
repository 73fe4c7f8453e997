import { PutBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { afterEach, expect, test, vi } from "vitest";
import { s3MessageFor } from "@transpod/contract/s3-event.ts";
import { findObject } from "@transpod/runtime/find-object.ts";
import { getFileStatus } from "@transpod/store/files.ts";
import { startTestApi, type TestApi } from "./test-api.ts";
import { startTestController, type TestController } from "./test-controller.ts";
import { beginParts, findUpload, storedOf, twoParts } from "./uploading.ts";

/** Uploads from start to end: the real API and the real controller on the same rows and buckets. */

vi.setConfig({ testTimeout: 60_000 });
const waitOptions = { timeout: 30_000, interval: 50 };

let transpod: TestController;
let api: TestApi | undefined;
afterEach(async () => {
  await api?.stop();
  api = undefined;
  await transpod.stop();
});

type Upload = Awaited<ReturnType<typeof beginParts>>;

async function startBoth(): Promise<TestApi> {
  transpod = await startTestController();
  return (api = await startTestApi({}, transpod));
}

const ended = async ({ fileId }: Upload) =>
  await vi.waitUntil(async () => {
    const status = await getFileStatus(transpod.pool, fileId);
    return status?.state === "completed" || status?.state === "failed" ? status : undefined;
  }, waitOptions);

const noUploads = (key: string) =>
  vi.waitUntil(async () => (await storedOf(transpod.aws, key)).uploads === 0, waitOptions);

async function silenceS3(): Promise<void> {
  await transpod.aws.s3.send(
    new PutBucketNotificationConfigurationCommand({
      ...{ Bucket: transpod.aws.rawBucket, NotificationConfiguration: {} },
    }),
  );
}

/** The event of S3, which may be sent several times. */
async function sendEvent({ key }: Upload): Promise<void> {
  const { s3, rawBucket: bucket } = transpod.aws;
  const object = await findObject(s3, { bucket, key, version: null });
  await transpod.send(s3MessageFor(object!));
}

async function attempts({ fileId }: Upload): Promise<number> {
  const { rows } = await transpod.pool.query<{ count: number }>(
    "select count(*) from transactions where file_id = $1",
    [fileId],
  );
  return rows[0]!.count;
}

test.for(["once", "twice", "late", "never"])(
  "a file that came in parts is transcoded once when S3 tells of it %s",
  async (times) => {
    const running = await startBoth();
    if (times === "never" || times === "late") await silenceS3();
    const file = await beginParts(running, twoParts);
    await file.send(1, 2);
    expect((await file.complete()).status).toBe(200);
    if (times === "twice") await sendEvent(file);
    expect(await ended(file)).toMatchObject({ state: "completed", size_bytes: twoParts.length });
    if (times === "late") await sendEvent(file);
    expect((await file.complete()).status).toBe(200);
    expect(await storedOf(transpod.aws, file.key)).toEqual({ versions: 1, uploads: 0 });
    expect(await attempts(file)).toBe(1);
  },
);

test("parts that were joined by a request that died are found, though no event told of them", async () => {
  const running = await startBoth();
  await silenceS3();
  const file = await beginParts(running, twoParts);
  await file.send(1, 2);
  await (await findUpload(transpod.aws, file.key)).complete();
  expect(await ended(file)).toMatchObject({ state: "completed" });
  expect(await attempts(file)).toBe(1);
});

test("the parts of a file that was cancelled or deleted are thrown away", async () => {
  const running = await startBoth();
  const [cancelled, deleted] = [
    await beginParts(running, twoParts),
    await beginParts(running, twoParts),
  ];
  for (const file of [cancelled, deleted]) await file.send(1);
  await running.request(`${cancelled.path}/cancel`, { method: "POST" });
  await running.request(deleted.path, { method: "DELETE" });
  for (const { key } of [cancelled, deleted]) await noUploads(key);
});

test("a file that arrives by its URL needs no parts any more", async () => {
  const running = await startBoth();
  const file = await beginParts(running, Buffer.from("film"));
  const { body } = await running.post<Record<string, string>>(`${file.path}/url`, {});
  const headers = { "If-None-Match": "*" };
  const put = await fetch(body["upload_url"]!, { method: "PUT", headers, body: "film" });
  expect(put.status).toBe(200);
  expect(await ended(file)).toMatchObject({ state: "completed" });
  await noUploads(file.key);
});

const expired = { upload_expiry_seconds: -1 };

test("a file of which nothing arrived in time fails, and its parts are thrown away", async () => {
  const running = await startBoth();
  const file = await beginParts(running, twoParts);
  await file.send(1);
  await transpod.pool.query("update files set upload_until = now() where file_id = $1", [
    file.fileId,
  ]);
  expect(await ended(file)).toMatchObject({
    failure_code: "upload_expired",
    failure_detail: expect.stringContaining("Announce it again"),
  });
  await noUploads(file.key);
  expect(await running.status(file.fileId)).toMatchObject({ failure: { code: "upload_expired" } });
});

test("a file that arrived in time does not expire, though no event told of it", async () => {
  transpod = await startTestController();
  await silenceS3();
  const file = await transpod.announce("holiday.mp4");
  await transpod.whileStopped(async () => {
    await transpod.put(file);
    await transpod.pool.query("update files set upload_until = now() where file_id = $1", [
      file.file_id,
    ]);
  });
  expect((await transpod.untilEnded(file)).state).toBe("completed");
});

test("what arrives when a file has expired makes no Job, and goes with the file", async () => {
  const running = await startBoth();
  const file = await transpod.announce("holiday.mp4", expired);
  expect(await transpod.untilEnded(file)).toMatchObject({ failure_code: "upload_expired" });
  await transpod.put(file);
  await vi.waitUntil(async () => {
    const { rows } = await transpod.pool.query("select disposition from inbox");
    return JSON.stringify(rows) === '[{"disposition":"superseded"}]';
  }, waitOptions);
  expect(await transpod.jobs.list()).toEqual([]);
  expect(await storedOf(transpod.aws, file.s3_key)).toEqual({ versions: 1, uploads: 0 });
  const retry = await running.request(`/upload/${file.file_id}/retry`, { method: "POST" });
  expect(retry).toMatchObject({ status: 409, body: { code: "upload_expired" } });
  await running.request(`/upload/${file.file_id}`, { method: "DELETE" });
  await vi.waitUntil(
    async () => (await storedOf(transpod.aws, file.s3_key)).versions === 0,
    waitOptions,
  );
});
