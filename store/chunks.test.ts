import { afterAll, beforeAll, expect, test } from "vitest";
import type { AttemptRef, ChunkLeaseRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { failFile, getAttempt, retryFile } from "./attempts.ts";
import { cancelFile } from "./cancel.ts";
import {
  endSilentLeases,
  failChunkLease,
  getChunkLease,
  leaseChunk,
  recordChunkReport,
  updateCutProgress,
} from "./chunk-leases.ts";
import { completeChunk, isOwnOutput, readChunks, readOutputs } from "./chunks.ts";
import { lockAttempt } from "./claims.ts";
import { cutsToRemove, forgetChunks, markChunksRemoved, storeCut } from "./cuts.ts";
import { inTransaction } from "./database.ts";
import { getFileStatus } from "./files.ts";
import { requeueFile } from "./retry.ts";
import { aCut, claim, claimedFile, cutFile, outputOf, reserve, resultOf } from "./testing.ts";
import { deleteFile } from "./tombstones.ts";
import { completeFile, recordProgress } from "./work.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

const silence = 60;
const cut = (ref: LeaseRef, overrides: Partial<typeof aCut> = {}) =>
  storeCut(db.pool, ref, { ...aCut, ...overrides, lease: ref.lease });

async function lease(ref: AttemptRef, chunk: number, worker = "worker"): Promise<ChunkLeaseRef> {
  const { fileId, attempt } = ref;
  const number = await leaseChunk(db.pool, ref, chunk, worker);
  if (number === undefined) throw new Error("the chunk was refused");
  return { fileId, attempt, chunk, lease: number };
}

/** As the controller does it: while the attempt is locked. */
const complete = (ref: ChunkLeaseRef) =>
  inTransaction(
    db.pool,
    async (client) =>
      (await lockAttempt(client, ref)) &&
      (await completeChunk(client, ref, `key-${ref.lease}`, outputOf(ref))),
  );
const failure = { code: "stalled", detail: "It stalled.", counted: true } as const;

/** The next attempt, claimed as a whole. */
async function nextAttempt(ref: AttemptRef): Promise<LeaseRef> {
  const row = await getAttempt(db.pool, ref.fileId);
  const own = { fileId: ref.fileId, attempt: ref.attempt, lease: row!.lease };
  const retry = { delaySeconds: 0, memoryScale: 1 };
  await inTransaction(db.pool, (client) => retryFile(client, own, failure, retry));
  await reserve(db.pool);
  return await claim(db.pool, { fileId: ref.fileId, attempt: ref.attempt + 1 });
}

async function endInFailure(ref: AttemptRef): Promise<void> {
  const row = await getAttempt(db.pool, ref.fileId);
  const own = { fileId: ref.fileId, attempt: ref.attempt, lease: row!.lease };
  expect(await inTransaction(db.pool, (client) => failFile(client, own, failure))).toBe(true);
}

const encoded = async (ref: AttemptRef) =>
  (await readChunks(db.pool, ref, silence)).map((chunk) => chunk.encoded);

test("a cut is stored with its chunks, and ends the lease that made it", async () => {
  const ref = await cutFile(db.pool);
  const chunks = await readChunks(db.pool, ref, silence);
  expect(chunks.map(({ chunk, first_frame, frames }) => [chunk, first_frame, frames])).toEqual([
    [0, 0, 24],
    [1, 24, 12],
    [2, 36, 12],
  ]);
  const report = { lease: ref.lease, phase: "encode", percent: 1 } as const;
  expect(await recordProgress(db.pool, ref, report)).toBe(false);
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({
    original_codec: "h264",
    target_codec: "hevc",
    chunks: { done: 0, total: 3 },
  });
});

test("a repeated cut changes nothing; another one of the same attempt is fenced", async () => {
  const ref = await cutFile(db.pool);
  await complete(await lease(ref, 0));
  expect(await cut(ref)).toBe(true);
  expect(await encoded(ref)).toEqual([true, false, false]);
  expect(await cut(ref, { fingerprint: "b" })).toBe(false);
  expect(await cut({ ...ref, lease: ref.lease + 1 })).toBe(false);
  expect(await encoded(ref)).toEqual([true, false, false]);
});

test("an earlier lease of the attempt can't cut the video", async () => {
  const ref = await claimedFile(db.pool);
  await claim(db.pool, ref);
  expect(await cut(ref)).toBe(false);
});

test("the next attempt with the same cut continues with the encoded chunks", async () => {
  const ref = await cutFile(db.pool);
  const done = await lease(ref, 1);
  const running = await lease(ref, 0);
  await complete(done);
  const next = await nextAttempt(ref);
  expect(await cut(next)).toBe(true);
  expect(await encoded(next)).toEqual([false, true, false]);
  const [first] = await readChunks(db.pool, next, silence);
  expect(first, "the old attempt's lease does not live").toMatchObject({ live: [], failures: 0 });
  expect(await complete(running), "the old attempt's worker is fenced").toBe(false);
});

test.each([
  ["another fingerprint", { fingerprint: "b" }],
  ["other chunks", { chunk_frames: [12, 24, 12] }],
  ["fewer chunks", { chunk_frames: [24, 24] }],
])("the next attempt with %s begins anew", async (_, other) => {
  const ref = await cutFile(db.pool);
  await complete(await lease(ref, 0));
  const next = await nextAttempt(ref);
  expect(await cut(next, other)).toBe(true);
  expect((await encoded(next)).every((each) => !each)).toBe(true);
});

test("of two leases of a chunk that complete at once, one counts", async () => {
  for (let round = 0; round < 20; round++) {
    const ref = await cutFile(db.pool);
    const both = [await lease(ref, 0, "a"), await lease(ref, 0, "b")];
    const won = await Promise.all(both.map(complete));
    expect(won.filter(Boolean)).toHaveLength(1);
    const [output] = await readOutputs(db.pool, ref.fileId);
    const winner = both[won.indexOf(true)]!;
    expect(output).toMatchObject({ chunk: 0, output_key: `key-${winner.lease}` });
    expect(await isOwnOutput(db.pool, winner)).toBe(true);
    expect(await isOwnOutput(db.pool, both[won.indexOf(false)]!)).toBe(false);
    for (const each of both) expect(await getChunkLease(db.pool, each)).toBeUndefined();
  }
});

test("an encoded chunk is not given again", async () => {
  const ref = await cutFile(db.pool);
  await complete(await lease(ref, 0));
  expect(await leaseChunk(db.pool, ref, 0, "worker")).toBeUndefined();
  expect(await leaseChunk(db.pool, ref, 3, "worker")).toBeUndefined();
});

test("a lease that was silent and given again is fenced, and counts as a failure", async () => {
  const ref = await cutFile(db.pool);
  const silent = await lease(ref, 0, "a");
  await db.pool.query(
    "update chunk_leases set heartbeat_at = now() - interval '61 seconds' where file_id = $1",
    [ref.fileId],
  );
  const [chunk] = await readChunks(db.pool, ref, silence);
  expect(chunk).toMatchObject({ live: [], failures: 1, failure_code: "stalled" });
  await endSilentLeases(db.pool, ref, 0, silence);
  await lease(ref, 0, "b");
  expect(await complete(silent)).toBe(false);
  const report = { lease: silent.lease, phase: "encode", percent: 1 } as const;
  expect(await recordChunkReport(db.pool, silent, report)).toBe(false);
  const [again] = await readChunks(db.pool, ref, silence);
  expect(again).toMatchObject({ live: [{ worker: "b" }], failures: 1, failure_code: "stalled" });
});

test("a lease that was interrupted is no failure", async () => {
  const ref = await cutFile(db.pool);
  const own = await lease(ref, 0);
  const interrupted = { code: "interrupted", counted: false } as const;
  expect(await failChunkLease(db.pool, own, interrupted)).toBe(true);
  expect(await failChunkLease(db.pool, own, interrupted)).toBe(false);
  const [chunk] = await readChunks(db.pool, ref, silence);
  expect(chunk).toMatchObject({ live: [], failures: 0, failure_code: null });
});

test("completions that race a cancel, a delete or a retry leave no encoded chunk of a lost attempt", async () => {
  for (let round = 0; round < 10; round++) {
    for (const end of [
      (ref: LeaseRef) => cancelFile(db.pool, ref.fileId),
      (ref: LeaseRef) => deleteFile(db.pool, ref.fileId),
      nextAttempt,
    ]) {
      const ref = await cutFile(db.pool);
      const own = await lease(ref, 0);
      const [completed] = await Promise.all([complete(own), end(ref)]);
      const stored = (await readOutputs(db.pool, ref.fileId)).length;
      expect(stored).toBeLessThanOrEqual(completed ? 1 : 0);
      expect(await complete(await lease(ref, 1).catch(() => ({ ...own, chunk: 1 })))).toBe(false);
    }
  }
});

test("the progress is that of all workers together", async () => {
  const ref = await cutFile(db.pool);
  const [first, second, again, third] = [
    await lease(ref, 0, "a"),
    await lease(ref, 1, "b"),
    await lease(ref, 1, "c"),
    await lease(ref, 2, "d"),
  ];
  const say = async (own: ChunkLeaseRef, frame: number, fps: number) => {
    const { lease: number, chunk } = own;
    const report = {
      ...{ lease: number, chunk, frame, fps },
      phase: "encode",
      percent: 1,
    } as const;
    expect(await recordChunkReport(db.pool, own, report)).toBe(true);
  };
  const progress = async () => {
    await updateCutProgress(db.pool, ref, silence);
    return (await getFileStatus(db.pool, ref.fileId))?.progress;
  };
  await complete(first);
  await say(second, 3, 4);
  await say(again, 6, 2);
  await say(third, 6, 2);
  // 24 of the encoded chunk, the 6 of the faster lease, 6 of the third: 36 of 48, and 12 left at 6 a second.
  expect(await progress()).toMatchObject({
    ...{ phase: "encode", percent: 75, frame: 36, total_frames: 48, fps: 6, eta_seconds: 2 },
  });
  for (const phase of ["verify", "upload"] as const) {
    const later = { lease: third.lease, phase, percent: 50, frame: 1 };
    await recordChunkReport(db.pool, third, later);
    expect(await progress()).toMatchObject({ frame: 42, fps: 4 });
  }
});

test("the chunks of a file that has ended are removed twice, then the cut is forgotten", async () => {
  const ref = await cutFile(db.pool);
  await complete(await lease(ref, 0));
  const { fileId, attempt } = ref;
  const mine = async (againSeconds: number) =>
    (await cutsToRemove(db.pool, againSeconds, 1000)).filter((each) => each.fileId === fileId);
  expect(await mine(0)).toEqual([]);
  expect(await forgetChunks(db.pool, ref)).toBe(false);
  await endInFailure(ref);
  expect(await mine(3600)).toEqual([{ fileId, attempt }]);
  expect(await forgetChunks(db.pool, ref)).toBe(true);
  expect(await readOutputs(db.pool, fileId)).toEqual([]);
  await markChunksRemoved(db.pool, ref);
  expect(await mine(3600)).toEqual([]);
  expect(await mine(0)).toEqual([{ fileId, attempt }]);
  await markChunksRemoved(db.pool, ref);
  expect(await mine(0)).toEqual([]);
});

test("a file that is retried before its chunks were removed keeps what its new attempt encodes", async () => {
  const ref = await cutFile(db.pool);
  await complete(await lease(ref, 0));
  await endInFailure(ref);
  await requeueFile(db.pool, ref.fileId);
  expect(await forgetChunks(db.pool, ref)).toBe(false);
  await reserve(db.pool);
  const next = await claim(db.pool, { fileId: ref.fileId, attempt: 2 });
  await cut(next);
  await endInFailure(next);
  expect(await forgetChunks(db.pool, ref), "the first attempt's cut").toBe(false);
});

test("a cut that was removed is no cut to continue with", async () => {
  const ref = await cutFile(db.pool);
  await complete(await lease(ref, 0));
  await endInFailure(ref);
  await forgetChunks(db.pool, ref);
  await markChunksRemoved(db.pool, ref);
  await requeueFile(db.pool, ref.fileId);
  await reserve(db.pool);
  const next = await claim(db.pool, { fileId: ref.fileId, attempt: 2 });
  expect(await cut(next)).toBe(true);
  expect(await encoded(next)).toEqual([false, false, false]);
});

test("the joiner's lease publishes the result", async () => {
  const ref = await cutFile(db.pool);
  const joiner = await claim(db.pool, ref);
  expect(joiner.lease).toBe(ref.lease + 2);
  expect(await completeFile(db.pool, joiner, "out.mp4", resultOf(joiner))).toBe(true);
});
