import { afterAll, beforeAll, expect, test } from "vitest";
import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import { maxWorkerLogBytes } from "@transpod/contract/worker-log.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { failFile, getAttempt, retryFile, type Failure } from "./attempts.ts";
import { inTransaction } from "./database.ts";
import { getFileStatus } from "./files.ts";
import { claim, claimedFile, pendingFile, resultOf } from "./testing.ts";
import { listTransactions } from "./transactions.ts";
import {
  claimAttempt,
  completeFile,
  getEnd,
  getLease,
  keepUpload,
  recordProgress,
} from "./work.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

const stalled: Failure = { code: "stalled", detail: "It stalled.", counted: true };
const complete = (ref: LeaseRef, key = "out.mp4") => completeFile(db.pool, ref, key, resultOf(ref));
const retry = (ref: LeaseRef) =>
  inTransaction(db.pool, (client) =>
    retryFile(client, ref, stalled, { delaySeconds: 0, memoryScale: 1 }),
  );
const fail = (ref: LeaseRef) => inTransaction(db.pool, (client) => failFile(client, ref, stalled));
const encoding = (lease: number) => ({ lease, phase: "encode", percent: 50 }) as const;

test("a pending file can't be claimed", async () => {
  expect(await claimAttempt(db.pool, await pendingFile(db.pool), "worker")).toBeUndefined();
});

test("a second claim fences the first worker from everything", async () => {
  const first = await claimedFile(db.pool);
  const second = await claim(db.pool, first);
  expect(second.lease).toBe(first.lease + 1);
  expect(await recordProgress(db.pool, first, encoding(first.lease))).toBe(false);
  expect(await getLease(db.pool, first)).toBeUndefined();
  expect(await keepUpload(db.pool, first, { upload_id: "u", upload_key: "k" })).toBe(false);
  expect(await complete(first)).toBe(false);
  expect(await fail(first)).toBe(false);
  expect(await retry(first)).toBe(false);
  expect(await complete(second)).toBe(true);
});

test("a lease keeps one multipart upload, and the next lease begins without one", async () => {
  const first = await claimedFile(db.pool);
  const kept = await Promise.all(
    ["a", "b", "c"].map((id) => keepUpload(db.pool, first, { upload_id: id, upload_key: "k" })),
  );
  expect(kept.filter(Boolean)).toHaveLength(1);
  const second = await claim(db.pool, first);
  expect(await getLease(db.pool, second)).toMatchObject({ upload_id: null, upload_key: null });
});

test("a new attempt fences the worker of the old one", async () => {
  const old = await claimedFile(db.pool);
  expect(await retry(old)).toBe(true);
  expect(await retry(old)).toBe(false);
  expect(await recordProgress(db.pool, old, encoding(old.lease))).toBe(false);
  expect(await complete(old)).toBe(false);
  expect(await fail(old)).toBe(false);
  expect(await getAttempt(db.pool, old.fileId)).toMatchObject({ attempt: 2, state: "pending" });
});

test("the last lines of a worker's log are kept with its failure, within the limit", async () => {
  const ref = await claimedFile(db.pool);
  const failAfter = (worker_log: string) =>
    inTransaction(db.pool, (client) => failFile(client, ref, { ...stalled, worker_log }));
  await expect(failAfter("é".repeat(maxWorkerLogBytes / 2 + 1))).rejects.toThrow(
    /check constraint/,
  );
  expect(await failAfter("é".repeat(maxWorkerLogBytes / 2))).toBe(true);
  const [attempt] = await listTransactions(db.pool, ref.fileId);
  expect(attempt?.worker_log).toHaveLength(maxWorkerLogBytes / 2);
});

test("completion, failure and retry that race end in exactly one of them", async () => {
  for (let round = 0; round < 20; round++) {
    const ref = await claimedFile(db.pool);
    const won = await Promise.all([complete(ref), complete(ref), fail(ref), retry(ref)]);
    expect(won.filter(Boolean)).toHaveLength(1);
  }
});

test("a claim and the old worker's failure that race end in exactly one of them", async () => {
  for (let round = 0; round < 20; round++) {
    const ref = await claimedFile(db.pool);
    const [claimed, failed] = await Promise.all([claimAttempt(db.pool, ref, "new"), fail(ref)]);
    expect(claimed === undefined).toBe(failed);
  }
});

test("what was published stays published, whatever is tried", async () => {
  const ref = await claimedFile(db.pool);
  await complete(ref, "first.mp4");
  expect(await complete(ref, "second.mp4")).toBe(false);
  const forced = db.pool.query(
    "update files set attempt = 2, processed_key = 'forced.mp4' where file_id = $1",
    [ref.fileId],
  );
  await expect(forced).rejects.toMatchObject({ code: "TP001" });
  expect((await getFileStatus(db.pool, ref.fileId))?.processed_key).toBe("first.mp4");
  expect(await getEnd(db.pool, ref)).toEqual({ outcome: "completed", lease: ref.lease });
});

test("progress shows while the file is processing, and is gone with the attempt", async () => {
  const ref = await claimedFile(db.pool);
  await recordProgress(db.pool, ref, {
    ...encoding(ref.lease),
    frame: 12,
    fps: 24.5,
    original_codec: "h264",
    target_codec: "hevc",
  });
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({
    original_codec: "h264",
    target_codec: "hevc",
    progress: { phase: "encode", percent: 50, frame: 12, fps: 24.5, eta_seconds: null },
  });
  await complete(ref);
  const ended = await getFileStatus(db.pool, ref.fileId);
  expect(ended).toMatchObject({
    state: "completed",
    progress: null,
    phase_times: { encode: 1234 },
  });
  expect(ended?.processing_time).toBeGreaterThanOrEqual(0);
});

test("each failure is counted on its own side", async () => {
  const ref = await claimedFile(db.pool);
  await retry(ref);
  expect(await getAttempt(db.pool, ref.fileId)).toMatchObject({
    counted_failures: 1,
    uncounted_failures: 0,
    launched: false,
    claimed: false,
  });
});
