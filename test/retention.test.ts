import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { afterEach, expect, test, vi } from "vitest";
import { startTestController, type TestController } from "./test-controller.ts";

let transpod: TestController;
afterEach(() => transpod.stop());

async function objectsIn(Bucket: string, Prefix: string): Promise<number> {
  const { Versions = [] } = await transpod.aws.s3.send(
    new ListObjectVersionsCommand({ Bucket, Prefix }),
  );
  return Versions.length;
}

const nothingIn = (bucket: string, prefix: string) =>
  vi.waitUntil(async () => (await objectsIn(bucket, prefix)) === 0, {
    timeout: 20_000,
    interval: 50,
  });

test("after success an unwanted original is deleted, every version of it; later its result expires", async () => {
  transpod = await startTestController({ resultRetentionDays: 7 });
  const { rawBucket, processedBucket } = transpod.aws;
  const kept = await transpod.announce("kept.mp4");
  const file = await transpod.announce("holiday.mp4", { delete_original: true });
  await transpod.put(kept);
  await transpod.put(file);
  await transpod.untilEnded(file);
  await transpod.untilEnded(kept);
  await nothingIn(rawBucket, file.s3_key);
  const status = await transpod.until(file, ({ original_deleted_at: at }) => at !== null);
  expect(status).toMatchObject({ state: "completed", result_deleted_at: null });

  await transpod.put(file, "once more");
  await vi.waitUntil(async () => (await transpod.dispositions()).includes("superseded"), {
    timeout: 20_000,
    interval: 50,
  });
  await nothingIn(rawBucket, file.s3_key);

  expect(await objectsIn(processedBucket, file.file_id)).toBe(1);
  await transpod.pool.query(
    `update files set updated_at = now() - interval '8 days' where file_id = $1`,
    [file.file_id],
  );
  await nothingIn(processedBucket, file.file_id);
  expect(await objectsIn(rawBucket, kept.s3_key)).toBe(1);
  expect(await objectsIn(processedBucket, kept.file_id)).toBe(1);
});
