import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { cancelFile } from "./cancel.ts";
import { getFileStatus } from "./files.ts";
import { requeueFile } from "./retry.ts";
import { markUploaded } from "./sweeps.ts";
import { announcedFile, arrive, objectOf } from "./testing.ts";
import {
  expireUpload,
  getUpload,
  markAborted,
  prolongUpload,
  setMultipart,
  uploadsToAbort,
} from "./uploads.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

const late = () => announcedFile(db.pool, { upload_expiry_seconds: -1 });
const expire = (fileId: string) => expireUpload(db.pool, fileId, "Too late.");
const idsToAbort = async () => (await uploadsToAbort(db.pool, 1_000)).map((row) => row.file_id);

test("a file whose time is over fails once, and is never retried or prolonged", async () => {
  const { file_id } = await late();
  const answers = await Promise.all(Array.from({ length: 5 }, () => expire(file_id)));
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await getFileStatus(db.pool, file_id)).toMatchObject({
    ...{ state: "failed", attempt: 0, failure_code: "upload_expired", failure_detail: "Too late." },
  });
  expect(await requeueFile(db.pool, file_id)).toBe(false);
  expect(await prolongUpload(db.pool, file_id, 3600)).toBeUndefined();
});

test("a file does not expire before its time, nor when it was prolonged or has arrived", async () => {
  const [early, prolonged, arrived] = [await announcedFile(db.pool), await late(), await late()];
  await prolongUpload(db.pool, prolonged.file_id, 3600);
  await arrive(db.pool, objectOf(arrived));
  for (const { file_id } of [early, prolonged, arrived]) expect(await expire(file_id)).toBe(false);
});

test("a shorter time takes nothing away", async () => {
  const { file_id } = await announcedFile(db.pool);
  const before = await getUpload(db.pool, file_id);
  expect(await prolongUpload(db.pool, file_id, 1)).toEqual(before);
});

test("what arrives when a file has expired is superseded, and makes no attempt", async () => {
  const file = await late();
  await expire(file.file_id);
  expect(await markUploaded(db.pool, file.file_id, objectOf(file))).toBe(false);
  expect(await arrive(db.pool, objectOf(file))).toBe("superseded");
  expect(await getFileStatus(db.pool, file.file_id)).toMatchObject({
    ...{ state: "failed", attempt: 0, source_version: null },
  });
});

test("an arrival and an expiry that race have one winner", async () => {
  for (let round = 0; round < 30; round += 1) {
    const file = await late();
    const [expired, arrived] = await Promise.all([
      expire(file.file_id),
      arrive(db.pool, objectOf(file)),
    ]);
    expect(arrived).toBe(expired ? "superseded" : "accepted");
    const { state } = (await getFileStatus(db.pool, file.file_id))!;
    expect(state).toBe(expired ? "failed" : "pending");
  }
});

test("of two that begin a multipart upload one is kept, and it is aborted when the file waits no more", async () => {
  const { file_id } = await announcedFile(db.pool);
  const begin = (after: string) => setMultipart(db.pool, file_id, { before: null, after });
  const answers = await Promise.all([begin("one"), begin("two")]);
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect((await getUpload(db.pool, file_id))?.upload_id).toBe(answers[0] ? "one" : "two");
  await markAborted(db.pool, file_id);
  expect(await idsToAbort()).not.toContain(file_id);
  await cancelFile(db.pool, file_id);
  expect(await idsToAbort()).toContain(file_id);
  await markAborted(db.pool, file_id);
  expect(await idsToAbort()).not.toContain(file_id);
  expect(await begin("three")).toBe(false);
});
