import { afterEach, beforeEach, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { getAttempt } from "./attempts.ts";
import { cancelFile } from "./cancel.ts";
import { getFileStatus } from "./files.ts";
import { readDemand, setMaxWorkers } from "./launches.ts";
import { claimedFile, cutFile, pendingFile, reserve } from "./testing.ts";
import { addWorkers, markWorkersEnded, readSharedSlots, stopGrowing } from "./workers.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await freshDatabase();
});
afterEach(() => db.drop());

/** Cut, with a Job that may have four workers. */
async function elasticFile() {
  const ref = await cutFile(db.pool);
  await db.pool.query("update transactions set max_workers = 4 where file_id = $1", [ref.fileId]);
  return ref;
}

test("each worker that runs has a slot", async () => {
  const ref = await elasticFile();
  const pending = await pendingFile(db.pool);
  await addWorkers(db.pool, ref, 2);
  expect(await reserve(db.pool, 3)).toEqual([]);
  await markWorkersEnded(db.pool, ref, 1);
  expect(await reserve(db.pool, 3)).toEqual([pending]);
});

test("a file whose workers have all ended has a slot until its attempt has ended too", async () => {
  const ref = await elasticFile();
  const pending = await pendingFile(db.pool);
  await markWorkersEnded(db.pool, ref, 1);
  expect(await reserve(db.pool, 1)).toEqual([]);
  await cancelFile(db.pool, ref.fileId);
  expect(await reserve(db.pool, 1)).toEqual([pending]);
});

test("free slots are wanted by files that may start, and by videos that are cut", async () => {
  const pending = await pendingFile(db.pool);
  expect(await readDemand(db.pool)).toEqual({ files: true, workers: false });
  await db.pool.query("update files set launch_after = now() + interval '1 h' where file_id = $1", [
    pending.fileId,
  ]);
  expect(await readDemand(db.pool)).toEqual({ files: false, workers: false });
  const ref = await elasticFile();
  expect(await readDemand(db.pool)).toEqual({ files: false, workers: true });
  await cancelFile(db.pool, ref.fileId);
  expect(await readDemand(db.pool)).toEqual({ files: false, workers: false });
});

test("slots are shared among attempts that are cut, while no file waits for one", async () => {
  await claimedFile(db.pool);
  const { fileId: file_id, attempt } = await elasticFile();
  expect(await readSharedSlots(db.pool, 5, 30)).toEqual({
    free: 3,
    attempts: [{ file_id, attempt, max_workers: 4, live: 1, useful: 3 }],
  });
  expect(await readSharedSlots(db.pool, 2, 30)).toMatchObject({ free: 0 });
  const pending = await pendingFile(db.pool);
  expect(await readSharedSlots(db.pool, 5, 30)).toMatchObject({ free: 0 });
  await db.pool.query("update files set launch_after = now() + interval '1 h' where file_id = $1", [
    pending.fileId,
  ]);
  expect(await readSharedSlots(db.pool, 5, 30)).toMatchObject({ free: 3 });
});

test("the number of ended workers never decreases, and the status shows those that run", async () => {
  const ref = await elasticFile();
  await addWorkers(db.pool, ref, 3);
  await markWorkersEnded(db.pool, ref, 2);
  await markWorkersEnded(db.pool, ref, 1);
  expect(await getAttempt(db.pool, ref.fileId)).toMatchObject({
    ...{ workers_started: 4, workers_ended: 2, cut: true },
  });
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({ workers: 2 });
});

test("an attempt gets no more workers for a while after it got some", async () => {
  const ref = await elasticFile();
  await addWorkers(db.pool, ref, 1);
  expect((await readSharedSlots(db.pool, 5, 30)).attempts).toEqual([]);
  expect((await readSharedSlots(db.pool, 5, 0)).attempts).toHaveLength(1);
});

test("the slots of workers that a Job can't start are free again", async () => {
  const ref = await elasticFile();
  await addWorkers(db.pool, ref, 3);
  await stopGrowing(db.pool, ref, 1);
  expect(await getAttempt(db.pool, ref.fileId)).toMatchObject({ workers_started: 1 });
  expect(await readSharedSlots(db.pool, 5, 0)).toEqual({ free: 4, attempts: [] });
});

test("an attempt that is over gets no workers", async () => {
  const ref = await elasticFile();
  await cancelFile(db.pool, ref.fileId);
  expect(await addWorkers(db.pool, ref, 1)).toBe(false);
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({ workers: null, chunks: null });
});

test("how many workers an attempt may have is fixed once its Job is created", async () => {
  const ref = await pendingFile(db.pool);
  await reserve(db.pool);
  await setMaxWorkers(db.pool, ref, 4);
  const maxWorkers = async (fileId: string) => (await getAttempt(db.pool, fileId))?.max_workers;
  expect(await maxWorkers(ref.fileId)).toBe(4);
  const launched = await claimedFile(db.pool);
  await setMaxWorkers(db.pool, launched, 4);
  expect(await maxWorkers(launched.fileId)).toBe(1);
});
