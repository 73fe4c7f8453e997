import { randomUUID } from "node:crypto";
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeEach, expect, test } from "vitest";
import { processedKey, rawKey } from "@transpod/contract/object-keys.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { announcedFile, claim, claimedFile } from "@transpod/store/testing.ts";
import { deleteFile } from "@transpod/store/tombstones.ts";
import { setMultipart } from "@transpod/store/uploads.ts";
import { keepUpload } from "@transpod/store/work.ts";
import {
  freshAws,
  freshDatabase,
  type TestAws,
  type TestDatabase,
} from "@transpod/test/harness.ts";
import { createMetrics } from "../metrics.ts";
import { UnknownUploads } from "./unknown-uploads.ts";

const db: TestDatabase = await freshDatabase();
let aws: TestAws;
beforeEach(async () => {
  aws = await freshAws();
});
afterAll(() => db.drop());

const registry = createRegistry();
const metrics = createMetrics(registry, db.pool);
const log = createLogger({ service: "test", level: "silent" });
const unknownUploads = (unknownUploadSeconds: number, pageSize?: number) => {
  const deps = { ...aws, pool: db.pool, settings: { unknownUploadSeconds }, metrics, log };
  return new UnknownUploads(deps, pageSize);
};

/** Calls `work` before each request of this kind is sent to S3. */
function whenever(command: string, work: () => unknown): void {
  aws.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === command) await work();
        return await next(args);
      },
    { step: "initialize" },
  );
}

async function begin(bucket: "rawBucket" | "processedBucket", Key: string): Promise<string> {
  const upload = new CreateMultipartUploadCommand({ Bucket: aws[bucket], Key });
  return (await aws.s3.send(upload)).UploadId!;
}

async function inBuckets(): Promise<string[]> {
  const buckets = [aws.rawBucket, aws.processedBucket];
  const pages = buckets.map((Bucket) => aws.s3.send(new ListMultipartUploadsCommand({ Bucket })));
  const uploads = (await Promise.all(pages)).flatMap(({ Uploads = [] }) => Uploads);
  return uploads.map(({ UploadId = "" }) => UploadId).toSorted();
}

async function aborted(): Promise<number> {
  const metric = await registry.getSingleMetric("transpod_unknown_uploads_aborted_total")!.get();
  return metric.values[0]!.value;
}

/** Two uploads of a file by a client: one is in its row, one is not. */
async function originals(): Promise<{ known: string; unknown: string; key: string; id: string }> {
  const { file_id: id, s3_key: key } = await announcedFile(db.pool);
  const [unknown, known] = [await begin("rawBucket", key), await begin("rawBucket", key)];
  await setMultipart(db.pool, id, { before: null, after: known });
  return { known, unknown, key, id };
}

/** The uploads of two leases of an attempt. Its row has only the second. */
async function results(): Promise<{ known: string; unknown: string }> {
  const first = await claimedFile(db.pool);
  const uploads = [];
  for (const ref of [first, await claim(db.pool, first)]) {
    const upload_key = processedKey(ref.fileId, ref.attempt, ref.lease, ".mp4");
    const upload_id = await begin("processedBucket", upload_key);
    await keepUpload(db.pool, ref, { upload_id, upload_key });
    uploads.push(upload_id);
  }
  return { unknown: uploads[0]!, known: uploads[1]! };
}

test("multipart uploads that are in no row are aborted; those of rows and of others stay", async () => {
  const [original, result] = [await originals(), await results()];
  const deleted = await originals();
  await deleteFile(db.pool, deleted.id);
  const strangers = [
    await begin("rawBucket", "theirs.mp4"),
    await begin("rawBucket", rawKey("theirs.mp4", randomUUID())),
    await begin("rawBucket", rawKey("theirs.mp4", original.id)),
    await begin("processedBucket", processedKey(randomUUID(), 1, 1, ".mp4")),
    await begin("processedBucket", `${original.id}/theirs.mp4`),
  ];
  const before = await aborted();
  await unknownUploads(0).abortNext();
  expect(await inBuckets()).toEqual([original.known, result.known, ...strangers].toSorted());
  expect((await aborted()) - before).toBe(4);
});

test("a young upload is not aborted, and the buckets are not listed again at once", async () => {
  const { known, unknown } = await originals();
  let listed = 0;
  whenever("ListMultipartUploadsCommand", () => (listed += 1));
  const uploads = unknownUploads(3600);
  await uploads.abortNext();
  await uploads.abortNext();
  expect(listed).toBe(2);
  expect(await inBuckets()).toEqual([known, unknown].toSorted());
});

test("an upload that is recorded while others are aborted stays", async () => {
  const files = [await originals(), await originals()];
  whenever("AbortMultipartUploadCommand", async () => {
    for (const { id, known, unknown } of files) {
      await setMultipart(db.pool, id, { before: known, after: unknown });
    }
  });
  await unknownUploads(0).abortNext();
  expect(await inBuckets()).toHaveLength(3);
});

test("each sweep processes one page of a bucket, and then starts from the first page again", async () => {
  const files = [await originals(), await originals(), await originals()];
  const uploads = unknownUploads(0, 2);
  const before = await aborted();
  for (const page of [1, 2, 3]) {
    await uploads.abortNext();
    expect((await aborted()) - before).toBe(page);
  }
  files.push(await originals());
  for (let page = 1; page <= 3; page += 1) await uploads.abortNext();
  expect(await inBuckets()).toEqual(files.map(({ known }) => known).toSorted());
});
