import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { failFile, getAttempt, retryFile, type Failure } from "./attempts.ts";
import { cancelFile } from "./cancel.ts";
import { inTransaction } from "./database.ts";
import { getFileStatus } from "./files.ts";
import { requeueFile } from "./retry.ts";
import { markUploaded } from "./sweeps.ts";
import {
  announcedFile,
  arrive,
  claim,
  claimedFile,
  objectOf,
  pendingFile,
  reserve,
  resultOf,
} from "./testing.ts";
import { completeFile, recordProgress } from "./work.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

const stalled: Failure = { code: "stalled", detail: "It stalled.", counted: true };
const fail = (ref: LeaseRef) => inTransaction(db.pool, (client) => failFile(client, ref, stalled));
const failAndRetry = (ref: LeaseRef, memoryScale = 1) =>
  inTransaction(db.pool, (client) =>
    retryFile(client, ref, stalled, { delaySeconds: 3600, memoryScale }),
  );

test("twenty retries at once make one new attempt, and the old worker stays fenced", async () => {
  const old = await claimedFile(db.pool);
  await fail(old);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => requeueFile(db.pool, old.fileId)),
  );
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await getFileStatus(db.pool, old.fileId)).toMatchObject({
    state: "pending",
    attempt: 2,
    failure_code: null,
    failure_detail: null,
  });
  expect(await completeFile(db.pool, old, "old.mp4", resultOf(old))).toBe(false);
  await reserve(db.pool);
  const lease = await claim(db.pool, { fileId: old.fileId, attempt: 2 });
  expect(await recordProgress(db.pool, old, { lease: 1, phase: "encode", percent: 1 })).toBe(false);
  expect(await completeFile(db.pool, lease, "new.mp4", resultOf(lease))).toBe(true);
});

test("a retry begins a new count of failures, keeps the memory and waits for no backoff", async () => {
  const first = await claimedFile(db.pool);
  await failAndRetry(first, 2);
  const second = { ...first, attempt: 2, lease: 0 };
  expect(await getAttempt(db.pool, first.fileId)).toMatchObject({ counted_failures: 1 });
  await db.pool.query("update files set launch_after = now() where file_id = $1", [first.fileId]);
  await reserve(db.pool);
  await fail(second);
  expect(await getAttempt(db.pool, first.fileId)).toMatchObject({ counted_failures: 2 });
  expect(await requeueFile(db.pool, first.fileId)).toBe(true);
  expect(await getAttempt(db.pool, first.fileId)).toMatchObject({
    attempt: 3,
    counted_failures: 0,
    uncounted_failures: 0,
    memory_scale: 2,
  });
  expect(await reserve(db.pool)).toEqual([{ fileId: first.fileId, attempt: 3 }]);
  await failAndRetry({ ...first, attempt: 3, lease: 0 }, 2);
  expect(await getAttempt(db.pool, first.fileId)).toMatchObject({ counted_failures: 1 });
});

test("a retried file goes behind those that wait already", async () => {
  const failed = await claimedFile(db.pool);
  await fail(failed);
  const waiting = await pendingFile(db.pool);
  await requeueFile(db.pool, failed.fileId);
  const order = (await reserve(db.pool)).map((ref) => ref.fileId);
  expect(order.indexOf(failed.fileId)).toBeGreaterThan(order.indexOf(waiting.fileId));
});

test("a cancelled file is retried when its source is there, also one that never had an attempt", async () => {
  const cancelled = await claimedFile(db.pool);
  await cancelFile(db.pool, cancelled.fileId);
  expect(await requeueFile(db.pool, cancelled.fileId)).toBe(true);
  expect(await getFileStatus(db.pool, cancelled.fileId)).toMatchObject({ attempt: 2 });

  const never = await announcedFile(db.pool);
  await cancelFile(db.pool, never.file_id);
  expect(await requeueFile(db.pool, never.file_id)).toBe(false);

  const found = await announcedFile(db.pool);
  await markUploaded(db.pool, found.file_id, objectOf(found));
  await cancelFile(db.pool, found.file_id);
  expect(await requeueFile(db.pool, found.file_id)).toBe(true);
  expect(await getFileStatus(db.pool, found.file_id)).toMatchObject({ attempt: 1 });
  expect(await arrive(db.pool, objectOf(found))).toBe("superseded");
});

test("only what failed or was cancelled is retried", async () => {
  const completed = await claimedFile(db.pool);
  await completeFile(db.pool, completed, "out.mp4", resultOf(completed));
  const running = await claimedFile(db.pool);
  const waiting = await pendingFile(db.pool);
  for (const fileId of [completed.fileId, running.fileId, waiting.fileId, randomUUID()]) {
    expect(await requeueFile(db.pool, fileId)).toBe(false);
  }
});

test("retries and cancels that race leave one open attempt or none", async () => {
  for (let round = 0; round < 30; round += 1) {
    const { fileId } = await claimedFile(db.pool);
    await Promise.all([cancelFile(db.pool, fileId), requeueFile(db.pool, fileId)]);
    await Promise.all([
      cancelFile(db.pool, fileId),
      requeueFile(db.pool, fileId),
      requeueFile(db.pool, fileId),
    ]);
    const { rows } = await db.pool.query<{ open: number }>(
      "select count(*) as open from transactions where file_id = $1 and outcome is null",
      [fileId],
    );
    const status = await getFileStatus(db.pool, fileId);
    expect(rows[0]?.open).toBe(status?.state === "cancelled" ? 0 : 1);
  }
});
