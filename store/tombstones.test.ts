import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { retryFile } from "./attempts.ts";
import { cancelFile } from "./cancel.ts";
import { inTransaction } from "./database.ts";
import { getFileStatus } from "./files.ts";
import { requeueFile } from "./retry.ts";
import { announcedFile, arrive, claimedFile, objectOf, reserve, resultOf } from "./testing.ts";
import { deleteFile, getTombstone, markCleaned, tombstonesToClean } from "./tombstones.ts";
import { claimAttempt, completeFile, recordProgress } from "./work.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

/** The number of rows of a file in each table. */
async function rowsOf(fileId: string): Promise<Record<string, number>> {
  const { rows } = await db.pool.query<{ files: number; attempts: number; progress: number }>(
    `select (select count(*) from files where file_id = $1) as files,
       (select count(*) from transactions where file_id = $1) as attempts,
       (select count(*) from progress where file_id = $1) as progress`,
    [fileId],
  );
  return { ...rows[0] };
}
const read = async (fileId: string) => (await getTombstone(db.pool, fileId))!;
const nothing = { files: 0, attempts: 0, progress: 0 };

test("a file is deleted once, with its attempts; history and a tombstone stay", async () => {
  const ref = await claimedFile(db.pool);
  await recordProgress(db.pool, ref, { lease: ref.lease, phase: "encode", percent: 1 });
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => deleteFile(db.pool, ref.fileId)),
  );
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await rowsOf(ref.fileId)).toEqual(nothing);
  expect(await getTombstone(db.pool, ref.fileId)).toMatchObject({ attempt: 1, due: true });
  const { rows } = await db.pool.query(
    "select to_state from history where file_id = $1 order by history_id desc limit 1",
    [ref.fileId],
  );
  expect(rows).toEqual([{ to_state: "deleted" }]);
  expect(await deleteFile(db.pool, randomUUID())).toBe(false);
});

test("a deleted file's worker is not heard, and no command brings the file back", async () => {
  const ref = await claimedFile(db.pool);
  await deleteFile(db.pool, ref.fileId);
  expect(await claimAttempt(db.pool, ref, "late")).toBeUndefined();
  expect(await completeFile(db.pool, ref, "out.mp4", resultOf(ref))).toBe(false);
  expect(await cancelFile(db.pool, ref.fileId)).toBe(false);
  expect(await requeueFile(db.pool, ref.fileId)).toBe(false);
  expect(await rowsOf(ref.fileId)).toEqual(nothing);
});

test("events that come late or again make no file of a deleted one, but have its objects looked for", async () => {
  const file = await announcedFile(db.pool);
  await arrive(db.pool, objectOf(file));
  await deleteFile(db.pool, file.file_id);
  await markCleaned(db.pool, await read(file.file_id));
  expect(await tombstonesToClean(db.pool, 1_000)).not.toContain(file.file_id);
  expect(await arrive(db.pool, objectOf(file))).toBeUndefined();
  expect(await getTombstone(db.pool, file.file_id)).toMatchObject({ due: false });
  expect(await arrive(db.pool, objectOf(file, { version_id: "v2" }))).toBe("deleted");
  expect(await tombstonesToClean(db.pool, 1_000)).toContain(file.file_id);
  expect(await rowsOf(file.file_id)).toEqual(nothing);
});

test("what arrives while a deleted file's objects are removed is looked for afterwards", async () => {
  const file = await announcedFile(db.pool);
  await deleteFile(db.pool, file.file_id);
  const before = await read(file.file_id);
  expect(await arrive(db.pool, objectOf(file))).toBe("deleted");
  await markCleaned(db.pool, before);
  expect(await read(file.file_id)).toMatchObject({ due: true });
});

test("objects are looked for at doubling distances until no URL can bring any", async () => {
  const { file_id } = await announcedFile(db.pool);
  await deleteFile(db.pool, file_id);
  const nextAfter = async (age: string) => {
    await db.pool.query(
      "update tombstones set deleted_at = now() - $2::interval where file_id = $1",
      [file_id, age],
    );
    await markCleaned(db.pool, await read(file_id));
    const { rows } = await db.pool.query<{ minutes: number | null }>(
      `select round(extract(epoch from clean_after - now()) / 60)::int as minutes
       from tombstones where file_id = $1`,
      [file_id],
    );
    return rows[0]?.minutes;
  };
  expect(await nextAfter("0 s")).toBe(1);
  expect(await nextAfter("10 min")).toBe(10);
  expect(await nextAfter("1 day")).toBe(24 * 60);
  expect(await nextAfter("9 days")).toBeNull();
});

test("a delete that races everything else wins, and nobody waits in a circle", async () => {
  const stalled = { code: "stalled", detail: "It stalled.", counted: true } as const;
  const retry = { delaySeconds: 0, memoryScale: 1 };
  for (let round = 0; round < 20; round += 1) {
    const [completing, retried, cancelled] = [
      await claimedFile(db.pool),
      await claimedFile(db.pool),
      await claimedFile(db.pool),
    ];
    const announced = await announcedFile(db.pool);
    const ids = [completing.fileId, retried.fileId, cancelled.fileId, announced.file_id];
    await Promise.all([
      completeFile(db.pool, completing, `${completing.fileId}.mp4`, resultOf(completing)),
      inTransaction(db.pool, (client) => retryFile(client, retried, stalled, retry)),
      cancelFile(db.pool, cancelled.fileId),
      arrive(db.pool, objectOf(announced)),
      reserve(db.pool),
      ...ids.map((fileId) => deleteFile(db.pool, fileId)),
    ]);
    for (const fileId of ids) {
      expect(await rowsOf(fileId)).toEqual(nothing);
      expect(await getFileStatus(db.pool, fileId)).toBeUndefined();
      expect(await getTombstone(db.pool, fileId)).toBeDefined();
    }
  }
});
