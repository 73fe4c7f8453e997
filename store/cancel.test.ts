import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { failFile, retryFile } from "./attempts.ts";
import { cancelFile } from "./cancel.ts";
import { inTransaction } from "./database.ts";
import { getFileStatus } from "./files.ts";
import {
  announcedFile,
  arrive,
  claimedFile,
  objectOf,
  pendingFile,
  reserve,
  resultOf,
} from "./testing.ts";
import { completeFile, getLease, recordProgress } from "./work.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

const cancel = ({ fileId }: Pick<AttemptRef, "fileId">) => cancelFile(db.pool, fileId);
const stateOf = async ({ fileId }: Pick<AttemptRef, "fileId">) =>
  (await getFileStatus(db.pool, fileId))?.state;
const outcomes = async ({ fileId }: Pick<AttemptRef, "fileId">) => {
  const { rows } = await db.pool.query<{ outcome: string | null }>(
    "select outcome from transactions where file_id = $1 order by attempt",
    [fileId],
  );
  return rows.map((row) => row.outcome);
};

test("a file is cancelled in every state but the last ones, once", async () => {
  const announced = { fileId: (await announcedFile(db.pool)).file_id };
  const pending = await pendingFile(db.pool);
  const claimed = await claimedFile(db.pool);
  for (const file of [announced, pending, claimed]) {
    const answers = await Promise.all(Array.from({ length: 5 }, () => cancel(file)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await stateOf(file)).toBe("cancelled");
  }
  expect(await outcomes(pending)).toEqual(["cancelled"]);
  expect(await cancel({ fileId: randomUUID() })).toBe(false);
});

test("what has ended can't be cancelled", async () => {
  const completed = await claimedFile(db.pool);
  await completeFile(db.pool, completed, "out.mp4", resultOf(completed));
  const failed = await claimedFile(db.pool);
  const failure = { code: "not_a_video", detail: "No.", counted: true } as const;
  await inTransaction(db.pool, (client) => failFile(client, failed, failure));
  expect([await cancel(completed), await cancel(failed)]).toEqual([false, false]);
  expect([await stateOf(completed), await stateOf(failed)]).toEqual(["completed", "failed"]);
});

test("a cancelled file's worker is fenced from everything, and its progress is forgotten", async () => {
  const ref = await claimedFile(db.pool);
  const said = { lease: ref.lease, phase: "encode", percent: 50 } as const;
  expect(await recordProgress(db.pool, ref, said)).toBe(true);
  await cancel(ref);
  expect(await recordProgress(db.pool, ref, said)).toBe(false);
  expect(await getLease(db.pool, ref)).toBeUndefined();
  expect(await completeFile(db.pool, ref, "out.mp4", resultOf(ref))).toBe(false);
  const { rowCount } = await db.pool.query("select from progress where file_id = $1", [ref.fileId]);
  expect(rowCount).toBe(0);
});

test("an upload that arrives after the cancel starts nothing", async () => {
  const file = await announcedFile(db.pool);
  await cancel({ fileId: file.file_id });
  expect(await arrive(db.pool, objectOf(file))).toBe("superseded");
  expect(await stateOf({ fileId: file.file_id })).toBe("cancelled");
});

test("five hundred cancels that race a completion end in exactly one of them", async () => {
  const won = { cancelled: 0, completed: 0 };
  const race = async (_: unknown, index: number) => {
    const ref = await claimedFile(db.pool);
    const complete = () => completeFile(db.pool, ref, `${ref.fileId}.mp4`, resultOf(ref));
    // The statement that is sent first has an advantage, so the order alternates.
    const early = index % 2 === 0 ? complete() : undefined;
    const [cancelled, completed] = await Promise.all([cancel(ref), early ?? complete()]);
    expect([cancelled, completed].filter(Boolean)).toHaveLength(1);
    const outcome = cancelled ? "cancelled" : "completed";
    won[outcome] += 1;
    expect(await outcomes(ref)).toEqual([outcome]);
    expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({
      state: outcome,
      processed_key: cancelled ? null : `${ref.fileId}.mp4`,
    });
  };
  for (let round = 0; round < 50; round += 1) {
    await Promise.all(Array.from({ length: 10 }).map(race));
  }
  expect(won.cancelled + won.completed).toBe(500);
  expect(Math.min(won.cancelled, won.completed)).toBeGreaterThan(0);
});

test("cancels that race the next attempt, an arrival or a launch always win in the end", async () => {
  const stalled = { code: "stalled", detail: "It stalled.", counted: true } as const;
  const retry = { delaySeconds: 0, memoryScale: 1 };
  for (let round = 0; round < 20; round += 1) {
    const running = await claimedFile(db.pool);
    const waiting = await pendingFile(db.pool);
    const announced = await announcedFile(db.pool);
    await Promise.all([
      inTransaction(db.pool, (client) => retryFile(client, running, stalled, retry)),
      reserve(db.pool),
      arrive(db.pool, objectOf(announced)),
      ...[running.fileId, waiting.fileId, announced.file_id].map((fileId) => cancel({ fileId })),
    ]);
    for (const fileId of [running.fileId, waiting.fileId, announced.file_id]) {
      expect(await stateOf({ fileId })).toBe("cancelled");
      expect(await outcomes({ fileId })).not.toContain(null);
    }
  }
});
