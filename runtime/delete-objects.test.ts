import { randomUUID } from "node:crypto";
import { CreateBucketCommand, DeleteBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, inject, test, vi } from "vitest";
import { createS3 } from "./aws.ts";
import { deleteObjects } from "./delete-objects.ts";

vi.setConfig({ testTimeout: 60_000 });

test("a bucket with more than S3 lists at once is emptied page by page", async () => {
  const s3 = createS3({ region: "us-east-1", endpoint: inject("awsEndpoint") });
  const Bucket = `test-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  const keys = Array.from({ length: 1_001 }, (_, i) => `${i}.mp4`);
  // As many at once as there are connections: on a busy machine others would wait too long for theirs.
  for (let i = 0; i < keys.length; i += 50) await Promise.all(keys.slice(i, i + 50).map(put));

  const totals: number[] = [];
  expect(await deleteObjects(s3, { bucket: Bucket }, (total) => totals.push(total))).toBe(1_001);
  expect(totals).toEqual([1_000, 1_001]);
  await s3.send(new DeleteBucketCommand({ Bucket }));
});
