import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { findBreaches } from "./audit-findings.ts";
import { cancelFile } from "./cancel.ts";
import { getFileStatus } from "./files.ts";
import {
  expireOriginals,
  expireResults,
  expireUnwantedOriginals,
  forgetDeletedFiles,
  forgetForeignArrivals,
  markFileCleaned,
  takeFileToClean,
} from "./retention.ts";
import { requeueFile } from "./retry.ts";
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
import { deleteFile, getTombstone } from "./tombstones.ts";
import { completeFile, keepUpload } from "./work.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
beforeEach(async () => {
  await db.pool.query(`truncate files, transactions, inbox, tombstones, history cascade`);
});
afterAll(() => db.drop());

async function completedFile(delete_original = false): Promise<string> {
  const { fileId } = await pendingFile(db.pool, { delete_original });
  await reserve(db.pool);
  const ref = await claim(db.pool, { fileId, attempt: 1 });
  const upload_key = `${fileId}/1-1.mp4`;
  await keepUpload(db.pool, ref, { upload_id: "u", upload_key });
  await completeFile(db.pool, ref, upload_key, resultOf(ref));
  return fileId;
}

async function cancelledFile(): Promise<string> {
  const { fileId } = await pendingFile(db.pool);
  await cancelFile(db.pool, fileId);
  return fileId;
}

async function age(days: number): Promise<void> {
  // The guard sets this at a transition only.
  await db.pool.query(`update files set updated_at = now() - make_interval(days => $1)`, [days]);
  await db.pool.query(
    `update tombstones set clean_after = null, deleted_at = now() - make_interval(days => $1)`,
    [days],
  );
  await db.pool.query(`update inbox set received_at = now() - make_interval(days => $1)`, [days]);
}

const isDeleted = async (fileId: string) => {
  const file = (await getFileStatus(db.pool, fileId))!;
  return { original: file.original_deleted_at !== null, result: file.result_deleted_at !== null };
};
const nothing = { original: false, result: false };
const countOf = async (table: string) => (await db.pool.query(`select from ${table}`)).rowCount;

test("after success an original goes only if its client wanted that, and the result stays", async () => {
  const unwanted = await completedFile(true);
  const wanted = await completedFile();
  const { fileId: running } = await claimedFile(db.pool);
  await db.pool.query(`update files set delete_original = true where file_id = $1`, [running]);
  expect(await expireUnwantedOriginals(db.pool, 10)).toBe(1);
  expect(await expireUnwantedOriginals(db.pool, 10)).toBe(0);
  expect(await isDeleted(unwanted)).toEqual({ original: true, result: false });
  expect([await isDeleted(wanted), await isDeleted(running)]).toEqual([nothing, nothing]);
  expect(await findBreaches(db.pool)).toEqual([]);
});

test("originals of files that ended before go, in batches, and such a file is not retried", async () => {
  const running = (await claimedFile(db.pool)).fileId;
  const waiting = (await announcedFile(db.pool)).file_id;
  const ended = [await completedFile(), await cancelledFile(), await cancelledFile()];
  await age(8);
  const recent = await cancelledFile();
  expect(await expireOriginals(db.pool, 9, 10)).toBe(0);
  expect(await expireOriginals(db.pool, 7, 2)).toBe(2);
  expect(await expireOriginals(db.pool, 7, 2)).toBe(1);
  for (const id of ended) expect(await isDeleted(id)).toEqual({ original: true, result: false });
  for (const id of [running, waiting, recent]) expect(await isDeleted(id)).toEqual(nothing);
  expect(await requeueFile(db.pool, ended[1]!)).toBe(false);
  expect(await requeueFile(db.pool, recent)).toBe(true);
});

test("of a retry and the end of the original, one wins", async () => {
  const files = await Promise.all(Array.from({ length: 10 }, cancelledFile));
  await age(8);
  const [expired, ...retried] = await Promise.all([
    expireOriginals(db.pool, 7, 10),
    ...files.map((id) => requeueFile(db.pool, id)),
  ]);
  expect(expired + retried.filter(Boolean).length).toBe(10);
});

test("results go after their time; files without one stay as they are", async () => {
  const completed = await completedFile();
  const cancelled = await cancelledFile();
  await age(8);
  const recent = await completedFile();
  expect(await expireResults(db.pool, 7, 10)).toBe(1);
  expect(await isDeleted(completed)).toEqual({ original: false, result: true });
  expect([await isDeleted(cancelled), await isDeleted(recent)]).toEqual([nothing, nothing]);
  expect(await findBreaches(db.pool)).toEqual([]);
});

test("a file is taken by one cleaner, again when that one died, and once more after a late upload", async () => {
  const file = await announcedFile(db.pool, { delete_original: true });
  await arrive(db.pool, objectOf(file));
  await reserve(db.pool);
  const ref = await claim(db.pool, { fileId: file.file_id, attempt: 1 });
  await completeFile(db.pool, ref, `${file.file_id}/1-1.mp4`, resultOf(ref));
  await expireUnwantedOriginals(db.pool, 1);
  const taken = await Promise.all([1, 2, 3].map(() => takeFileToClean(db.pool)));
  const first = taken.filter((one) => one !== undefined);
  expect(first).toMatchObject([{ file_id: file.file_id, original: true, result: false }]);
  await db.pool.query(`update files set clean_after = now()`);
  await markFileCleaned(db.pool, first[0]!);
  const second = (await takeFileToClean(db.pool))!;
  await markFileCleaned(db.pool, second);
  expect(await takeFileToClean(db.pool)).toBeUndefined();
  expect(await arrive(db.pool, objectOf(file, { version_id: "v2" }))).toBe("superseded");
  expect(await takeFileToClean(db.pool)).toMatchObject({ original: true });
});

test("of a deleted file every record goes at once, and a late event starts nothing", async () => {
  const file = await announcedFile(db.pool);
  await arrive(db.pool, objectOf(file));
  const kept = await completedFile();
  await deleteFile(db.pool, file.file_id);
  await age(91);
  const uncleaned = await completedFile();
  await deleteFile(db.pool, uncleaned);
  await db.pool.query(
    `update tombstones set deleted_at = '2026-01-01' where clean_after is not null`,
  );
  expect(await forgetDeletedFiles(db.pool, 92, 10)).toBe(0);
  expect(await forgetDeletedFiles(db.pool, 90, 10)).toBe(1);
  expect(await getTombstone(db.pool, file.file_id)).toBeUndefined();
  expect(await getTombstone(db.pool, uncleaned)).toBeDefined();
  const { rows } = await db.pool.query(
    `select file_id from history union select null from inbox where s3_key = $1`,
    [file.s3_key],
  );
  expect(rows.map((row: { file_id: string }) => row.file_id).toSorted()).toEqual(
    [kept, uncleaned].toSorted(),
  );
  expect(await findBreaches(db.pool)).toEqual([]);
  expect(await arrive(db.pool, objectOf(file))).toBe("foreign");
  expect(await getFileStatus(db.pool, file.file_id)).toBeUndefined();
  expect(await findBreaches(db.pool)).toEqual([]);
});

test("foreign arrivals go, those of files stay", async () => {
  await completedFile();
  await arrive(db.pool, objectOf({ s3_key: "other/a.mp4" }));
  await arrive(db.pool, objectOf({ s3_key: "other/b.mp4" }));
  await age(91);
  await arrive(db.pool, objectOf({ s3_key: "other/c.mp4" }));
  expect(await forgetForeignArrivals(db.pool, 90, 1)).toBe(1);
  expect(await forgetForeignArrivals(db.pool, 90, 10)).toBe(1);
  expect(await countOf("inbox")).toBe(2);
});
