import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterEach, expect, test, vi } from "vitest";
import { cancelFile } from "@transpod/store/cancel.ts";
import { requeueFile } from "@transpod/store/retry.ts";
import { deleteFile } from "@transpod/store/tombstones.ts";
import { startTestController, type TestController } from "./test-controller.ts";

/** The effects of clients' commands on Jobs and objects: the real controller, with workers that only wait. */

let transpod: TestController;
afterEach(() => transpod.stop());

const waitOptions = { timeout: 20_000, interval: 20 };
const noJobs = async () => (await transpod.jobs.list()).length === 0;

/** Keys of all versions of all objects and of all unfinished uploads, in both buckets. */
async function stored(): Promise<(string | undefined)[]> {
  const { s3, rawBucket, processedBucket } = transpod.aws;
  const inBucket = async (Bucket: string) => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket }),
    );
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    return [...Versions, ...DeleteMarkers, ...Uploads].map((object) => object.Key);
  };
  return [...(await inBucket(rawBucket)), ...(await inBucket(processedBucket))];
}

test("cancelling a running file ends its worker and removes its Job, without waiting for a sweep", async () => {
  transpod = await startTestController({ sweepSeconds: 3600 });
  const file = await transpod.announce("hang.mp4");
  await transpod.put(file);
  await transpod.until(file, (status) => status.state === "processing");
  await vi.waitUntil(async () => !(await noJobs()), waitOptions);
  expect(await cancelFile(transpod.pool, file.file_id)).toBe(true);
  await vi.waitUntil(noJobs, waitOptions);
  expect((await transpod.untilEnded(file)).state).toBe("cancelled");
});

test("a cancel that no controller heard is carried out by the next one", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("hang.mp4");
  await transpod.put(file);
  await vi.waitUntil(async () => !(await noJobs()), waitOptions);
  await transpod.whileStopped(async () => {
    expect(await cancelFile(transpod.pool, file.file_id)).toBe(true);
  });
  await vi.waitUntil(noJobs, waitOptions);
});

test("a file that used up its attempts gets all of them again when a client retries it", async () => {
  transpod = await startTestController({ maxAttempts: 2 });
  const file = await transpod.announce("exit-1.mp4");
  await transpod.put(file);
  expect(await transpod.untilEnded(file)).toMatchObject({ state: "failed", attempt: 2 });
  expect(await requeueFile(transpod.pool, file.file_id)).toBe(true);
  await transpod.until(file, (status) => status.state === "failed" && status.attempt === 4);
});

test("a cancelled file that is retried at once is published by its new worker alone", async () => {
  transpod = await startTestController({ sweepSeconds: 3600 });
  const file = await transpod.announce("once-hang.mp4");
  await transpod.put(file);
  await vi.waitUntil(async () => !(await noJobs()), waitOptions);
  await cancelFile(transpod.pool, file.file_id);
  await requeueFile(transpod.pool, file.file_id);
  expect(await transpod.untilEnded(file)).toMatchObject({ state: "completed", attempt: 2 });
  const attempts = async () => (await transpod.jobs.list()).map((job) => job.attempt);
  await vi.waitUntil(async () => (await attempts()).join() === "2", waitOptions);
});

test("of a deleted file nothing stays in S3: no version, no result, no unfinished upload, and no neighbour is touched", async () => {
  transpod = await startTestController();
  const { s3, rawBucket, processedBucket } = transpod.aws;
  const file = await transpod.announce("holiday.mp4");
  await transpod.put(file);
  await transpod.put(file, "a second version");
  await transpod.untilEnded(file);
  const unfinished = { Bucket: processedBucket, Key: `${file.file_id}/1-9.mp4` };
  await s3.send(new CreateMultipartUploadCommand(unfinished));
  const neighbour = `${file.s3_key}-b`;
  await s3.send(new PutObjectCommand({ Bucket: rawBucket, Key: neighbour, Body: "other" }));

  expect(await deleteFile(transpod.pool, file.file_id)).toBe(true);
  await vi.waitUntil(async () => (await stored()).join() === neighbour, waitOptions);
});

test("deleting a running file ends its worker, and what arrives later is deleted too", async () => {
  transpod = await startTestController({ sweepSeconds: 3600 });
  const file = await transpod.announce("hang.mp4");
  await transpod.put(file);
  await vi.waitUntil(async () => !(await noJobs()), waitOptions);
  await deleteFile(transpod.pool, file.file_id);
  await vi.waitUntil(noJobs, waitOptions);
  await vi.waitUntil(async () => (await stored()).length === 0, waitOptions);

  const { s3, processedBucket } = transpod.aws;
  const output = { Bucket: processedBucket, Key: `${file.file_id}/1-1.mp4` };
  await s3.send(
    new PutObjectCommand({ ...output, Body: "of a worker that joined its parts late" }),
  );
  await transpod.put(file, "through the URL that was handed out before");
  await vi.waitUntil(async () => {
    const { rows } = await transpod.pool.query<{ dispositions: string }>(
      "select string_agg(disposition, ',' order by disposition) as dispositions from inbox",
    );
    return rows[0]?.dispositions === "accepted,deleted" && (await stored()).length === 0;
  }, waitOptions);
  expect(await noJobs()).toBe(true);
});

test("a delete that no controller heard is finished by the next one", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("hang.mp4");
  await transpod.put(file);
  await vi.waitUntil(async () => !(await noJobs()), waitOptions);
  await transpod.whileStopped(async () => {
    await deleteFile(transpod.pool, file.file_id);
  });
  await vi.waitUntil(async () => (await noJobs()) && (await stored()).length === 0, waitOptions);
});
