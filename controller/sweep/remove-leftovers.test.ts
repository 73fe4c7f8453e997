import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelFile } from "@transpod/store/cancel.ts";
import { leftovers } from "@transpod/store/leftovers.ts";
import { claimedFile } from "@transpod/store/testing.ts";
import { keepUpload } from "@transpod/store/work.ts";
import {
  freshAws,
  freshDatabase,
  type TestAws,
  type TestDatabase,
} from "@transpod/test/harness.ts";
import { removeLeftovers } from "./remove-leftovers.ts";

let db: TestDatabase;
let aws: TestAws;
beforeAll(async () => {
  [db, aws] = await Promise.all([freshDatabase(), freshAws()]);
});
afterAll(() => db.drop());

/** An attempt with a part of its output in S3, or with its whole output in S3 but not in a row. */
async function uploading(joined: boolean) {
  const ref = await claimedFile(db.pool);
  const target = { Bucket: aws.processedBucket, Key: `${ref.fileId}/1-1.mp4` };
  const { UploadId = "" } = await aws.s3.send(new CreateMultipartUploadCommand(target));
  const upload = { ...target, UploadId };
  await keepUpload(db.pool, ref, { upload_id: UploadId, upload_key: target.Key });
  const part = { ...upload, PartNumber: 1, Body: "transcoded" };
  const { ETag } = await aws.s3.send(new UploadPartCommand(part));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  if (joined) await aws.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
  return ref;
}

async function inBucket(): Promise<number> {
  const where = { Bucket: aws.processedBucket };
  const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command(where));
  const { Uploads = [] } = await aws.s3.send(new ListMultipartUploadsCommand(where));
  return Contents.length + Uploads.length;
}

test("what an attempt uploaded stays while it may be published, and goes once it can't be", async () => {
  const [inParts, joined] = [await uploading(false), await uploading(true)];
  await removeLeftovers({ ...aws, pool: db.pool });
  expect(await inBucket()).toBe(2);
  await cancelFile(db.pool, inParts.fileId);
  await cancelFile(db.pool, joined.fileId);
  await removeLeftovers({ ...aws, pool: db.pool });
  expect(await inBucket()).toBe(0);
  expect(await leftovers(db.pool, 10)).toEqual([]);
});
