import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { getSlots, listPastWork, listRunningWork, listWaitingWork } from "./forecast.ts";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import { claim, pendingFile, publish, reserve } from "./testing.ts";
import { recordProgress } from "./work.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

test("the limit of slots is that of the last launch", async () => {
  expect(await getSlots(db.pool)).toBeNull();
  await reserve(db.pool, 3);
  expect(await getSlots(db.pool)).toBe(3);
  await reserve(db.pool, 2);
  expect(await getSlots(db.pool)).toBe(2);
});

test("work is known by size and settings while it waits, by time while it runs and when it is done", async () => {
  const { pool } = db;
  const slow = { settings: { ...defaultSettings, preset: "slow" } } as const;
  const [done, helped] = [await pendingFile(pool, slow), await pendingFile(pool)];
  await reserve(pool);
  await pool.query("update transactions set reserved_at = now() - interval '60 s'");
  await pool.query("update transactions set workers_started = 2 where file_id = $1", [
    helped.fileId,
  ]);
  await publish(pool, done, "done.mp4");
  await publish(pool, helped, "helped.mp4");
  const running = await pendingFile(pool);
  await reserve(pool);
  await pool.query(
    "update transactions set reserved_at = now() - interval '30 s' where file_id = $1",
    [running.fileId],
  );
  const { lease } = await claim(pool, running);
  const said = { phase: "encode", percent: 50, eta_seconds: 9, original_codec: "hevc" } as const;
  await recordProgress(pool, { ...running, lease }, { lease, ...said });
  const low = await pendingFile(pool, { priority: -1, ...slow });
  const paused = await pendingFile(pool);
  await pool.query("update files set launch_after = now() + interval '1 hour' where file_id = $1", [
    paused.fileId,
  ]);

  expect(await listPastWork(pool)).toEqual([
    { bytes: 1000, pace: "slow", original_codec: "h264", seconds: expect.closeTo(60, -1) },
  ]);
  expect(await listRunningWork(pool)).toEqual([
    {
      ...{ bytes: 1000, pace: "balanced", original_codec: "hevc", workers: 1 },
      ...{ elapsed: expect.closeTo(30, -1), phase: "encode", percent: 50, eta_seconds: 9 },
    },
  ]);
  const work = { bytes: 1000, original_codec: null };
  const first = {
    ...work,
    file_id: paused.fileId,
    pace: "balanced",
    delay: expect.closeTo(3600, -2),
  };
  expect(await listWaitingWork(pool, 9)).toEqual([
    first,
    { ...work, file_id: low.fileId, pace: "slow", delay: 0 },
  ]);
  expect(await listWaitingWork(pool, 1)).toEqual([first]);
});
