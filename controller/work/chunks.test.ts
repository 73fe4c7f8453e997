import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { ChunkTask, CutRequest, Task } from "@transpod/contract/chunk-protocol.ts";
import type { FailureCode } from "@transpod/contract/failures.ts";
import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import { chunkKey } from "@transpod/contract/object-keys.ts";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import { findObject } from "@transpod/runtime/find-object.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { getAttempt } from "@transpod/store/attempts.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { getFileStatus } from "@transpod/store/files.ts";
import { requeueFile } from "@transpod/store/retry.ts";
import { aCut, pendingFile, reserve, resultOf } from "@transpod/store/testing.ts";
import { deleteFile } from "@transpod/store/tombstones.ts";
import { listTransactions } from "@transpod/store/transactions.ts";
import {
  freshAws,
  freshDatabase,
  type TestAws,
  type TestDatabase,
} from "@transpod/test/harness.ts";
import { createMetrics } from "../metrics.ts";
import { removeChunks } from "../sweep/remove-chunks.ts";
import { defaultSettings } from "../testing.ts";
import { completeChunkTask } from "./chunk-complete.ts";
import { signChunk } from "./chunk-url.ts";
import { claim } from "./claim.ts";
import { complete } from "./complete.ts";
import { cut } from "./cut.ts";
import type { WorkDeps } from "./deps.ts";
import { fail } from "./fail.ts";
import { signParts } from "./parts.ts";
import { progress } from "./progress.ts";
import { signOutputUpload } from "./sign.ts";
import { renewSource } from "./source.ts";

/** The tests are the workers: no Job is created. */
let db: TestDatabase;
let aws: TestAws;
let deps: WorkDeps;
beforeAll(async () => {
  aws = await freshAws();
});
beforeEach(async () => {
  db = await freshDatabase();
  const jobs = new ChildProcessJobs({
    ...{ workUrl: "http://127.0.0.1:1", scratchDir: "unused", cpusPerJob: 1 },
    ...{ logLevel: "silent", onLine: () => {} },
  });
  const retryDelaySeconds = { initial: 0, max: 0 };
  deps = {
    ...aws,
    ...{ pool: db.pool, jobs, authenticator: jobs },
    settings: { ...defaultSettings, retryDelaySeconds },
    metrics: createMetrics(createRegistry(), db.pool),
    log: createLogger({ service: "test", level: "silent" }),
  };
  return () => db.drop();
});
afterAll(() => aws.s3.destroy());

const fenced = { code: "fenced" };

async function launchedFile(): Promise<AttemptRef> {
  const ref = await pendingFile(db.pool);
  await reserve(db.pool);
  return ref;
}

/** Claims as the worker, and expects this kind of task. */
async function claimTask<K extends Task["task"]>(ref: AttemptRef, worker: string, kind: K) {
  const task = await claim(deps, ref, { worker });
  expect(task).toMatchObject({ task: kind });
  return task as Task & { task: K };
}

/** Cuts the attempt as worker "a". */
async function cutAs(ref: AttemptRef, overrides: Partial<CutRequest> = {}): Promise<CutRequest> {
  const { lease } = await claimTask(ref, "a", "whole");
  const request = { ...aCut, ...overrides, lease };
  expect(await cut(deps, ref, request)).toEqual({});
  return request;
}

async function cutFile(): Promise<AttemptRef> {
  const ref = await launchedFile();
  await cutAs(ref);
  return ref;
}

const body = (chunk: number) => `chunk ${chunk}`;
const leaseOf = ({ chunk, lease }: ChunkTask) => ({ chunk, lease });

/** Uploads the chunk; resolves with the request that completes it. */
async function uploadChunk(ref: AttemptRef, task: ChunkTask) {
  const { url } = await signChunk(deps, ref, leaseOf(task));
  expect((await fetch(url, { method: "PUT", body: body(task.chunk) })).status).toBe(200);
  return {
    ...leaseOf(task),
    size_bytes: body(task.chunk).length,
    sha256: createHash("sha256").update(body(task.chunk)).digest("hex"),
    verification: { frames: task.frames, max_timestamp_error_ms: 0, duration_difference_ms: 0 },
    notes: [`note ${task.chunk}`],
    phase_times: { encode: 1 },
  };
}

async function encode(ref: AttemptRef, task: ChunkTask): Promise<void> {
  expect(await completeChunkTask(deps, ref, await uploadChunk(ref, task))).toEqual({});
}

const failAs = (ref: AttemptRef, task: ChunkTask, code: FailureCode) =>
  fail(deps, ref, {
    ...{ ...leaseOf(task), code, detail: "As the test says.", phase_times: {} },
    worker_log: "phase=encode",
  });

const report = (ref: AttemptRef, task: ChunkTask, frame = 1) =>
  progress(deps, ref, { ...leaseOf(task), phase: "encode", percent: 1, frame });

/** Lets a lease look as if its worker had been silent, or had run, for so long. */
async function age(ref: AttemptRef, task: ChunkTask, column: string, seconds: number) {
  await db.pool.query(
    `update chunk_leases set ${column} = ${column} - make_interval(secs => $4)
     where file_id = $1 and chunk = $2 and lease = $3`,
    [ref.fileId, task.chunk, task.lease, seconds],
  );
}

/** Joins as the worker, and publishes. */
async function join(ref: AttemptRef, worker: string): Promise<void> {
  const task = await claimTask(ref, worker, "join");
  const own: LeaseRef = { ...ref, lease: task.lease };
  const { parts } = await signParts(deps, own, { lease: task.lease, part_numbers: [1] });
  const put = await fetch(parts[0]!.url, { method: "PUT", body: "joined" });
  const part = { part_number: 1, etag: put.headers.get("etag") ?? "" };
  expect(await complete(deps, ref, { ...resultOf(own), parts: [part], size_bytes: 6 })).toEqual({});
}

/** Ends the attempt as a lost worker's, and launches the next. */
async function nextAttempt({ fileId, attempt }: AttemptRef): Promise<AttemptRef> {
  expect(await getAttempt(db.pool, fileId)).toMatchObject({
    attempt: attempt + 1,
    state: "pending",
  });
  await reserve(db.pool);
  return { fileId, attempt: attempt + 1 };
}

const objectExists = async (key: string) =>
  (await findObject(aws.s3, { bucket: aws.processedBucket, key, version: null })) !== undefined;

test("two workers get each chunk once, then one joins and the other is released", async () => {
  const ref = await cutFile();
  const first = await claimTask(ref, "a", "chunk");
  const second = await claimTask(ref, "b", "chunk");
  expect([first, second]).toMatchObject([
    { chunk: 0, first_frame: 0, frames: 24, chunk_frames: [24, 12, 12], file_name: "holiday.mp4" },
    { chunk: 1, first_frame: 24, frames: 12, chunk_frames: [24, 12, 12] },
  ]);
  await encode(ref, second);
  const third = await claimTask(ref, "b", "chunk");
  expect(third).toMatchObject({ chunk: 2, first_frame: 36 });
  await encode(ref, first);
  await claimTask(ref, "a", "wait");
  await encode(ref, third);
  const joined = await claimTask(ref, "a", "join");
  expect(joined.chunks.map(({ chunk, frames, notes }) => [chunk, frames, ...notes])).toEqual([
    [0, 24, "note 0"],
    [1, 12, "note 1"],
    [2, 12, "note 2"],
  ]);
  for (const { chunk, url, size_bytes } of joined.chunks) {
    const text = await (await fetch(url)).text();
    expect(text).toBe(body(chunk));
    expect(size_bytes).toBe(text.length);
  }
  await claimTask(ref, "b", "release");
  // The answer may have been lost: the joiner gets its task again.
  await join(ref, "a");
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({
    ...{ state: "completed", processed_key: `${ref.fileId}/1-4.mp4` },
    ...{ workers: null, chunks: null },
  });
  await claimTask(ref, "b", "release");
});

test.each(["cancelled", "failed"])(
  "no worker is released from an attempt that was %s",
  async (end) => {
    const ref = await cutFile();
    const task = await claimTask(ref, "a", "chunk");
    if (end === "cancelled") await cancelFile(db.pool, ref.fileId);
    else await failAs(ref, task, "damaged");
    await expect(claim(deps, ref, { worker: "b" })).rejects.toMatchObject(fenced);
  },
);

test("many workers that claim at once get different chunks", async () => {
  const ref = await launchedFile();
  await cutAs(ref, { chunk_frames: Array.from({ length: 20 }, () => 12) });
  const workers = Array.from({ length: 20 }, (_, number) => `w${number}`);
  const tasks = await Promise.all(workers.map((worker) => claimTask(ref, worker, "chunk")));
  expect(new Set(tasks.map((task) => task.chunk)).size).toBe(20);
});

test("after the cut its lease is over, and the cut can be repeated", async () => {
  const ref = await launchedFile();
  const request = await cutAs(ref);
  expect(await cut(deps, ref, request)).toEqual({});
  const late = signParts(deps, ref, { lease: request.lease, part_numbers: [1] });
  await expect(late).rejects.toMatchObject(fenced);
  const other = { ...request, fingerprint: "b" };
  await expect(cut(deps, ref, other)).rejects.toMatchObject(fenced);
});

test("the claim says how many workers the attempt may have", async () => {
  const ref = await launchedFile();
  await db.pool.query("update transactions set max_workers = 3");
  expect(await claimTask(ref, "a", "whole")).toMatchObject({ max_workers: 3 });
});

test("a worker whose answer was lost gets the same chunk again, with a new lease", async () => {
  const ref = await cutFile();
  const lost = await claimTask(ref, "a", "chunk");
  const again = await claimTask(ref, "a", "chunk");
  expect(again).toMatchObject({ chunk: lost.chunk, lease: lost.lease + 1 });
  await expect(report(ref, lost)).rejects.toMatchObject(fenced);
  await report(ref, again);
});

test("a completion that is repeated is answered alike", async () => {
  const ref = await cutFile();
  const task = await claimTask(ref, "a", "chunk");
  const request = await uploadChunk(ref, task);
  expect(await completeChunkTask(deps, ref, request)).toEqual({});
  expect(await completeChunkTask(deps, ref, request)).toEqual({});
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({ chunks: { done: 1, total: 3 } });
});

test("a report that its own cut or completion overtakes changes nothing, and fences nobody", async () => {
  const ref = await launchedFile();
  const { lease } = await cutAs(ref);
  const probed = { lease, phase: "probe", percent: 100 } as const;
  expect(await progress(deps, ref, probed)).toEqual({});
  await expect(progress(deps, ref, { ...probed, lease: lease + 2 })).rejects.toMatchObject(fenced);
  const task = await claimTask(ref, "a", "chunk");
  await encode(ref, task);
  const shown = await getFileStatus(db.pool, ref.fileId);
  expect(await report(ref, task)).toEqual({});
  expect((await getFileStatus(db.pool, ref.fileId))?.progress).toEqual(shown?.progress);
});

test("a chunk that is not uploaded, or has another size, is not recorded", async () => {
  const ref = await cutFile();
  const task = await claimTask(ref, "a", "chunk");
  const nothing = { ...resultOf({ ...ref, lease: task.lease }), ...leaseOf(task) };
  await expect(completeChunkTask(deps, ref, nothing)).rejects.toMatchObject({
    code: "nothing_uploaded",
  });
  const request = await uploadChunk(ref, task);
  const wrong = completeChunkTask(deps, ref, { ...request, size_bytes: request.size_bytes + 1 });
  await expect(wrong).rejects.toMatchObject({ code: "wrong_size" });
  expect(await completeChunkTask(deps, ref, request)).toEqual({});
});

test("the chunk of a silent worker is given again, and that worker is fenced", async () => {
  const ref = await cutFile();
  const silent = await claimTask(ref, "a", "chunk");
  const upload = await uploadChunk(ref, silent);
  await age(ref, silent, "heartbeat_at", deps.settings.silenceSeconds + 1);
  const again = await claimTask(ref, "b", "chunk");
  expect(again).toMatchObject({ chunk: silent.chunk, lease: silent.lease + 1 });
  await expect(report(ref, silent)).rejects.toMatchObject(fenced);
  await expect(renewSource(deps, ref, leaseOf(silent))).rejects.toMatchObject(fenced);
  await expect(signChunk(deps, ref, leaseOf(silent))).rejects.toMatchObject(fenced);
  await expect(completeChunkTask(deps, ref, upload)).rejects.toMatchObject(fenced);
  expect((await renewSource(deps, ref, leaseOf(again))).url).toContain("holiday");
  await encode(ref, again);
});

test("a worker that was silent, but whose chunk was not given again, goes on", async () => {
  const ref = await cutFile();
  const silent = await claimTask(ref, "a", "chunk");
  await age(ref, silent, "heartbeat_at", deps.settings.silenceSeconds + 1);
  await report(ref, silent);
  expect(await claimTask(ref, "b", "chunk")).toMatchObject({ chunk: 1 });
});

test("a straggler's chunk is given to a second worker, and the first completion counts", async () => {
  for (const firstWins of [true, false]) {
    const ref = await cutFile();
    const slow = await claimTask(ref, "a", "chunk");
    for (const _ of [1, 2]) await encode(ref, await claimTask(ref, "b", "chunk"));
    await claimTask(ref, "b", "wait");
    await age(ref, slow, "claimed_at", 31);
    const second = await claimTask(ref, "b", "chunk");
    expect(second).toMatchObject({ chunk: slow.chunk, lease: slow.lease + 1 });
    await claimTask(ref, "c", "wait");
    await report(ref, slow);
    const [winner, loser] = firstWins ? [slow, second] : [second, slow];
    const late = await uploadChunk(ref, loser);
    await encode(ref, winner);
    await expect(report(ref, loser)).rejects.toMatchObject(fenced);
    await expect(completeChunkTask(deps, ref, late)).rejects.toMatchObject(fenced);
    const { chunks } = await claimTask(ref, "c", "join");
    expect(chunks[0]?.url).toContain(chunkKey(ref.fileId, 0, 1, winner.lease));
  }
});

test("an interrupted worker's chunk is free at once, and no failure is counted", async () => {
  const ref = await cutFile();
  for (const _ of Array.from({ length: deps.settings.maxAttempts + 1 })) {
    const task = await claimTask(ref, "a", "chunk");
    expect(task.chunk).toBe(0);
    expect(await failAs(ref, task, "interrupted")).toEqual({});
    expect(await failAs(ref, task, "interrupted")).toEqual({});
    await expect(failAs(ref, task, "stalled")).rejects.toMatchObject(fenced);
  }
  expect(await getAttempt(db.pool, ref.fileId)).toMatchObject({ attempt: 1, state: "processing" });
});

test("a chunk that fails too often ends the attempt, and the next one is not cut", async () => {
  const ref = await cutFile();
  for (const _ of Array.from({ length: deps.settings.maxAttempts })) {
    const task = await claimTask(ref, "a", "chunk");
    await failAs(ref, task, "transcode_failed");
  }
  await expect(claim(deps, ref, { worker: "a" })).rejects.toMatchObject(fenced);
  expect(await getAttempt(db.pool, ref.fileId)).toMatchObject({
    ...{ attempt: 2, state: "pending", cut: false },
    ...{ counted_failures: 1, failure_codes: ["transcode_failed"] },
  });
});

test("a chunk whose workers all fall silent ends the attempt as stalled", async () => {
  const ref = await cutFile();
  for (const number of Array.from({ length: deps.settings.maxAttempts }).keys()) {
    const task = await claimTask(ref, `w${number}`, "chunk");
    await age(ref, task, "heartbeat_at", deps.settings.silenceSeconds + 1);
  }
  await expect(claim(deps, ref, { worker: "last" })).rejects.toMatchObject(fenced);
  expect(await getAttempt(db.pool, ref.fileId)).toMatchObject({
    ...{ attempt: 2, failure_codes: ["stalled"] },
  });
});

test("a chunk that shows that the file is at fault fails the file", async () => {
  const ref = await cutFile();
  const task = await claimTask(ref, "a", "chunk");
  const other = await claimTask(ref, "b", "chunk");
  expect(await failAs(ref, task, "damaged")).toEqual({});
  expect(await failAs(ref, task, "damaged")).toEqual({});
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({
    ...{ state: "failed", failure_code: "damaged" },
  });
  expect(await listTransactions(db.pool, ref.fileId)).toMatchObject([
    { worker_log: "phase=encode" },
  ]);
  await expect(report(ref, other)).rejects.toMatchObject(fenced);
});

test("a joined result that is not right is tried again as a whole", async () => {
  const ref = await launchedFile();
  await cutAs(ref, { chunk_frames: [24, 24] });
  for (const _ of [1, 2]) await encode(ref, await claimTask(ref, "a", "chunk"));
  const { lease } = await claimTask(ref, "a", "join");
  const detail = "It has another length.";
  const worker_log = "phase=verify";
  await fail(deps, ref, {
    ...{ lease, code: "verification_failed", detail, phase_times: {}, worker_log },
  });
  expect(await getAttempt(db.pool, ref.fileId)).toMatchObject({
    ...{ attempt: 2, state: "pending", failure_codes: ["verification_failed"] },
  });
  expect(await listTransactions(db.pool, ref.fileId)).toMatchObject([
    { worker_log },
    { worker_log: null },
  ]);
});

test("a worker is released when other files wait, but never the last one", async () => {
  deps = { ...deps, settings: { ...deps.settings, maxRunningJobs: 2 } };
  const ref = await cutFile();
  await db.pool.query("update transactions set workers_started = 2");
  const only = await claimTask(ref, "a", "chunk");
  await encode(ref, await claimTask(ref, "b", "chunk"));
  await pendingFile(db.pool);
  await claimTask(ref, "b", "release");
  await failAs(ref, only, "interrupted");
  expect(await claimTask(ref, "a", "chunk")).toMatchObject({ chunk: 0 });
});

test("no worker is released while the files that wait can have free slots", async () => {
  deps = { ...deps, settings: { ...deps.settings, maxRunningJobs: 3 } };
  const ref = await cutFile();
  await db.pool.query("update transactions set workers_started = 2");
  await claimTask(ref, "a", "chunk");
  await pendingFile(db.pool);
  await claimTask(ref, "b", "chunk");
});

const interrupt = (ref: AttemptRef, lease: number) =>
  fail(deps, ref, { lease, code: "interrupted", detail: "It was told to stop.", phase_times: {} });

test("a worker that was told to stop while it had the whole video gets it again when it is replaced", async () => {
  const ref = await launchedFile();
  await db.pool.query("update transactions set max_workers = 3");
  const { lease } = await claimTask(ref, "a", "whole");
  expect(await interrupt(ref, lease)).toEqual({});
  expect(await claimTask(ref, "a", "whole")).toMatchObject({ lease: lease + 1 });
  await expect(interrupt(ref, lease)).rejects.toMatchObject(fenced);
});

test("the only worker that an attempt may have ends it when it is told to stop", async () => {
  const ref = await launchedFile();
  const { lease } = await claimTask(ref, "a", "whole");
  await interrupt(ref, lease);
  expect(await getAttempt(db.pool, ref.fileId)).toMatchObject({
    ...{ attempt: 2, counted_failures: 0, failure_codes: ["interrupted"] },
  });
});

test("a joiner that was told to stop joins again when it is replaced, and no other worker does", async () => {
  const ref = await launchedFile();
  await db.pool.query("update transactions set max_workers = 3");
  await cutAs(ref, { chunk_frames: [24, 24] });
  for (const _ of [1, 2]) await encode(ref, await claimTask(ref, "a", "chunk"));
  const { lease } = await claimTask(ref, "a", "join");
  await interrupt(ref, lease);
  await claimTask(ref, "b", "release");
  await join(ref, "a");
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({
    ...{ state: "completed", attempt: 1 },
  });
});

test("a joiner that falls silent is replaced by a worker that asks", async () => {
  const ref = await launchedFile();
  await cutAs(ref, { chunk_frames: [24, 24] });
  for (const _ of [1, 2]) await encode(ref, await claimTask(ref, "a", "chunk"));
  const { lease } = await claimTask(ref, "a", "join");
  await db.pool.query("update transactions set heartbeat_at = now() - interval '61 seconds'");
  await claimTask(ref, "b", "join");
  const late = { lease, phase: "upload", percent: 1 } as const;
  await expect(progress(deps, ref, late)).rejects.toMatchObject(fenced);
});

test("the second attempt continues with the chunks of the first, and joins them", async () => {
  const ref = await cutFile();
  await encode(ref, await claimTask(ref, "a", "chunk"));
  const stalled = await claimTask(ref, "a", "chunk");
  for (const _ of Array.from({ length: deps.settings.maxAttempts })) {
    await failAs(ref, await claimTask(ref, "a", "chunk"), "stalled");
  }
  const next = await nextAttempt(ref);
  await cutAs(next);
  await expect(report(ref, stalled)).rejects.toMatchObject(fenced);
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({ chunks: { done: 1, total: 3 } });
  const tasks = [await claimTask(next, "a", "chunk"), await claimTask(next, "b", "chunk")];
  expect(tasks.map((task) => task.chunk)).toEqual([1, 2]);
  for (const task of tasks) await encode(next, task);
  const { chunks } = await claimTask(next, "b", "join");
  expect(await Promise.all(chunks.map(async ({ url }) => (await fetch(url)).text()))).toEqual(
    [0, 1, 2].map(body),
  );
});

test("the second attempt begins anew when it makes another cut", async () => {
  const ref = await cutFile();
  await encode(ref, await claimTask(ref, "a", "chunk"));
  for (const _ of Array.from({ length: deps.settings.maxAttempts })) {
    await failAs(ref, await claimTask(ref, "a", "chunk"), "stalled");
  }
  const next = await nextAttempt(ref);
  await cutAs(next, { fingerprint: "b" });
  expect(await claimTask(next, "a", "chunk")).toMatchObject({ chunk: 0, lease: 1 });
});

test("a cancel fences the workers of all chunks", async () => {
  const ref = await cutFile();
  const task = await claimTask(ref, "a", "chunk");
  const upload = await uploadChunk(ref, task);
  await cancelFile(db.pool, ref.fileId);
  for (const refused of [
    () => report(ref, task),
    () => signChunk(deps, ref, leaseOf(task)),
    () => completeChunkTask(deps, ref, upload),
    () => failAs(ref, task, "interrupted"),
    () => claim(deps, ref, { worker: "a" }),
  ]) {
    await expect(refused()).rejects.toMatchObject(fenced);
  }
});

test("a file that is deleted while its chunks are encoded fences their workers", async () => {
  const ref = await cutFile();
  const done = await claimTask(ref, "a", "chunk");
  await encode(ref, done);
  const task = await claimTask(ref, "b", "chunk");
  const upload = await uploadChunk(ref, task);
  await deleteFile(db.pool, ref.fileId);
  await expect(report(ref, task)).rejects.toMatchObject(fenced);
  await expect(completeChunkTask(deps, ref, upload)).rejects.toMatchObject(fenced);
  await expect(claim(deps, ref, { worker: "a" })).rejects.toMatchObject(fenced);
});

test("the chunks are removed at the end, and again after the last URL has expired", async () => {
  const ref = await launchedFile();
  await cutAs(ref, { chunk_frames: [24, 24] });
  const tasks = [await claimTask(ref, "a", "chunk"), await claimTask(ref, "b", "chunk")];
  for (const task of tasks) await encode(ref, task);
  await removeChunks(deps);
  const keys = tasks.map(({ chunk, lease }) => chunkKey(ref.fileId, chunk, 1, lease));
  expect(await Promise.all(keys.map(objectExists))).toEqual([true, true]);
  await join(ref, "a");
  await removeChunks(deps);
  expect(await Promise.all(keys.map(objectExists))).toEqual([false, false]);
  const status = await getFileStatus(db.pool, ref.fileId);
  expect(await objectExists(status!.processed_key!)).toBe(true);

  // A worker that was stopped uploads one late.
  await fetch(await signOutputUpload(deps, keys[0]!), { method: "PUT", body: "late" });
  await removeChunks(deps);
  expect(await objectExists(keys[0]!), "too early for the second removal").toBe(true);
  await db.pool.query("update cuts set removed_at = removed_at - interval '1 hour'");
  await removeChunks(deps);
  expect(await objectExists(keys[0]!)).toBe(false);
  expect((await db.pool.query("select from cuts")).rowCount).toBe(0);
});

test("a retry after the chunks were removed begins anew", async () => {
  const ref = await cutFile();
  await encode(ref, await claimTask(ref, "a", "chunk"));
  await cancelFile(db.pool, ref.fileId);
  await removeChunks(deps);
  await requeueFile(db.pool, ref.fileId);
  await reserve(db.pool);
  const next = { ...ref, attempt: 2 };
  await cutAs(next);
  expect(await claimTask(next, "a", "chunk")).toMatchObject({ chunk: 0 });
});

test("the status of a cut video shows what all workers have done", async () => {
  const ref = await cutFile();
  const first = await claimTask(ref, "a", "chunk");
  const second = await claimTask(ref, "b", "chunk");
  await encode(ref, first);
  const phase = "encode";
  await progress(deps, ref, {
    ...leaseOf(second),
    phase,
    percent: 50,
    frame: 6,
    fps: 3,
    speed: 0.5,
  });
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({
    chunks: { done: 1, total: 3 },
    progress: {
      ...{ phase: "encode", percent: 62.5, frame: 30, total_frames: 48 },
      ...{ fps: 3, speed: 0.5, eta_seconds: 6 },
    },
  });
});
