import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import { posterKey, stillKey, stillsPrefix } from "@transpod/contract/object-keys.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { beginStills, getStills } from "@transpod/store/stills.ts";
import { claim, claimedFile, resultOf } from "@transpod/store/testing.ts";
import { completeFile } from "@transpod/store/work.ts";
import {
  freshAws,
  freshDatabase,
  type TestAws,
  type TestDatabase,
} from "@transpod/test/harness.ts";
import { removeStills } from "./remove-stills.ts";

let db: TestDatabase;
let aws: TestAws;
beforeAll(async () => {
  [db, aws] = await Promise.all([freshDatabase(), freshAws()]);
});
beforeEach(async () => {
  await db.pool.query(`truncate still_uploads`);
});
afterAll(() => db.drop());

const still = { time_seconds: 1.5, width: 640, height: 360 };

/** What a lease uploads when it gets URLs. */
async function upload(ref: LeaseRef): Promise<LeaseRef> {
  expect(await beginStills(db.pool, ref)).toBe(true);
  for (const Key of [posterKey(ref), stillKey(ref, 0, "original"), stillKey(ref, 0, "processed")]) {
    await aws.s3.send(new PutObjectCommand({ Bucket: aws.processedBucket, Key, Body: "jpeg" }));
  }
  return ref;
}

async function inBucket(ref: LeaseRef): Promise<number> {
  const where = { Bucket: aws.processedBucket, Prefix: stillsPrefix(ref) };
  return (await aws.s3.send(new ListObjectsV2Command(where))).KeyCount ?? 0;
}

function sweep(): Promise<void> {
  return removeStills({ ...aws, pool: db.pool, settings: { workUrlSeconds: 3600 } });
}

async function expireUrls(): Promise<void> {
  await db.pool.query(`update still_uploads set signed_at = now() - interval '2 hours'`);
}

test("stills of a cancelled attempt stay while URLs are valid, and go then", async () => {
  const ref = await upload(await claimedFile(db.pool));
  await cancelFile(db.pool, ref.fileId);
  await sweep();
  expect(await inBucket(ref)).toBe(3);
  await expireUrls();
  await sweep();
  expect(await inBucket(ref)).toBe(0);
  expect((await db.pool.query(`select from still_uploads`)).rowCount).toBe(0);
});

test("stills of a lease that may still publish them stay, however old they are", async () => {
  const ref = await upload(await claimedFile(db.pool));
  await expireUrls();
  await sweep();
  expect(await inBucket(ref)).toBe(3);
});

test("a fenced worker's stills are never shown, and go; those of the result stay", async () => {
  const fenced = await upload(await claimedFile(db.pool));
  const ref = await upload(await claim(db.pool, fenced));
  const result = { ...resultOf(fenced), stills: [{ ...still, time_seconds: 7 }] };
  expect(await completeFile(db.pool, fenced, "fenced", result)).toBe(false);
  expect(await getStills(db.pool, ref.fileId)).toBeUndefined();
  expect(await beginStills(db.pool, fenced)).toBe(false);
  await completeFile(db.pool, ref, `${ref.fileId}/1-2.mp4`, { ...resultOf(ref), stills: [still] });
  expect(await getStills(db.pool, ref.fileId)).toEqual({ ...ref, stills: [still] });
  await expireUrls();
  await sweep();
  expect([await inBucket(fenced), await inBucket(ref)]).toEqual([0, 3]);
});

test("stills that a result does not announce go", async () => {
  const ref = await upload(await claimedFile(db.pool));
  await completeFile(db.pool, ref, `${ref.fileId}/1-1.mp4`, resultOf(ref));
  await expireUrls();
  await sweep();
  expect(await inBucket(ref)).toBe(0);
});
