import { afterEach, beforeEach, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { inTransaction } from "./database.ts";
import { failFile, retryFile } from "./attempts.ts";
import { getFileStatus } from "./files.ts";
import { countByState, longestWait, markLaunched, markWaiting, reserveSlots } from "./launches.ts";
import { claim, pendingFile, reserve } from "./testing.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await freshDatabase();
});
afterEach(() => db.drop());

test("many controllers that reserve at once never exceed the cap nor share a file", async () => {
  for (let i = 0; i < 30; i++) await pendingFile(db.pool);
  const reserved = await Promise.all(Array.from({ length: 10 }, () => reserve(db.pool, 7)));
  const ids = reserved.flat().map((ref) => ref.fileId);
  expect(ids).toHaveLength(7);
  expect(new Set(ids).size).toBe(7);
  expect(await countByState(db.pool)).toEqual({ pending: 23, processing: 7 });
});

test("a slot that a file leaves goes to the next", async () => {
  const first = await pendingFile(db.pool);
  const second = await pendingFile(db.pool);
  expect(await reserve(db.pool, 1)).toEqual([first]);
  expect(await reserve(db.pool, 1)).toEqual([]);
  const failure = { code: "not_a_video", detail: "No.", counted: true } as const;
  await inTransaction(db.pool, (client) => failFile(client, { ...first, lease: 0 }, failure));
  expect(await reserve(db.pool, 1)).toEqual([second]);
});

test("a higher priority goes first, then the oldest, and the queue position says so", async () => {
  const old = await pendingFile(db.pool);
  const young = await pendingFile(db.pool);
  const low = await pendingFile(db.pool, { priority: -1 });
  const high = await pendingFile(db.pool, { priority: 1 });
  const order = [high, old, young, low];
  const positions = await Promise.all(order.map((ref) => getFileStatus(db.pool, ref.fileId)));
  expect(positions.map((status) => status?.queue_position)).toEqual([1, 2, 3, 4]);
  for (const [index, ref] of order.entries()) {
    expect(await reserve(db.pool, index + 1)).toEqual([ref]);
  }
});

test("the longest wait is that of the oldest file, whatever its priority", async () => {
  expect(await longestWait(db.pool)).toBe(0);
  const old = await pendingFile(db.pool, { priority: -1 });
  await pendingFile(db.pool);
  await db.pool.query("update files set queued_at = now() - interval '1 hour' where file_id = $1", [
    old.fileId,
  ]);
  expect(await longestWait(db.pool)).toBeCloseTo(3600, -1);
});

test("a retried file waits out its delay, then goes before younger ones", async () => {
  const retried = await pendingFile(db.pool);
  await reserve(db.pool);
  const failure = { code: "stalled", detail: "It stalled.", counted: true } as const;
  const retry = { delaySeconds: 3600, memoryScale: 1 };
  await inTransaction(db.pool, (client) =>
    retryFile(client, { ...retried, lease: 0 }, failure, retry),
  );
  const young = await pendingFile(db.pool);
  expect(await longestWait(db.pool)).toBeLessThan(60);
  expect(await reserve(db.pool)).toEqual([young]);
  expect(await longestWait(db.pool)).toBe(0); // the retried one does not wait for a slot
  await db.pool.query("update files set launch_after = now() where file_id = $1", [retried.fileId]);
  expect(await reserve(db.pool)).toEqual([{ fileId: retried.fileId, attempt: 2 }]);
});

test("a reservation that is rolled back leaves the file pending", async () => {
  await pendingFile(db.pool);
  const dies = inTransaction(db.pool, async (client) => {
    await reserveSlots(client, 1);
    throw new Error("died");
  });
  await expect(dies).rejects.toThrow("died");
  expect(await countByState(db.pool)).toEqual({ pending: 1 });
});

test("what a Job waits for is shown until its worker claims; a late word changes nothing", async () => {
  const ref = { ...(await pendingFile(db.pool)), lease: 0 };
  const shown = async () => (await getFileStatus(db.pool, ref.fileId))?.waiting_for;
  await reserve(db.pool);
  await markWaiting(db.pool, ref, "The Job can't be created yet.");
  expect(await shown()).toBe("The Job can't be created yet.");
  await markLaunched(db.pool, ref);
  expect(await shown()).toBeNull();
  await markWaiting(db.pool, ref, "No node has room.");
  expect(await shown()).toBe("No node has room.");
  await claim(db.pool, ref);
  expect(await shown()).toBeNull();
  await markWaiting(db.pool, ref, "No node has room.");
  expect(await shown()).toBeNull();
});

test("a launch is counted once", async () => {
  const ref = await pendingFile(db.pool);
  await reserve(db.pool);
  const answers = await Promise.all(Array.from({ length: 5 }, () => markLaunched(db.pool, ref)));
  expect(answers.filter(Boolean)).toHaveLength(1);
});
