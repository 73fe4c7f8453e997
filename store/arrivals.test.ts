import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { getFileStatus } from "./files.ts";
import { announcedFile, arrive, objectOf, rawBucket, reserve } from "./testing.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

test("one event delivered fifty times at once makes one attempt", async () => {
  const file = await announcedFile(db.pool);
  const object = objectOf(file);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      arrive(db.pool, object, { messageId: `m${index}`, rawBucket }),
    ),
  );
  expect(answers.filter((answer) => answer === "accepted")).toHaveLength(1);
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(49);
  const { rows } = await db.pool.query("select attempt from transactions where file_id = $1", [
    file.file_id,
  ]);
  expect(rows).toEqual([{ attempt: 1 }]);
});

test("of several versions that arrive at once exactly one is the source", async () => {
  const file = await announcedFile(db.pool);
  const versions = Array.from({ length: 10 }, (_, index) => `v${index}`);
  const answers = await Promise.all(
    versions.map((version_id) => arrive(db.pool, objectOf(file, { version_id }))),
  );
  const accepted = versions.filter((_, index) => answers[index] === "accepted");
  expect(accepted).toHaveLength(1);
  expect(answers.filter((answer) => answer === "superseded")).toHaveLength(9);
  expect((await getFileStatus(db.pool, file.file_id))?.source_version).toBe(accepted[0]);
});

test("a second upload after the launch changes nothing", async () => {
  const file = await announcedFile(db.pool);
  await arrive(db.pool, objectOf(file));
  await reserve(db.pool);
  const before = await getFileStatus(db.pool, file.file_id);
  expect(await arrive(db.pool, objectOf(file, { version_id: "v2", size_bytes: 5 }))).toBe(
    "superseded",
  );
  expect(await getFileStatus(db.pool, file.file_id)).toEqual(before);
});

test.each([
  ["a key without an id", { key: "holiday.mp4" }],
  ["an id that was never issued", { key: "holiday-00000000-0000-4000-8000-000000000000.mp4" }],
  ["another bucket", { bucket: "somebody-elses" }],
])("%s is written down as foreign and starts nothing", async (_, said) => {
  const file = await announcedFile(db.pool);
  expect(await arrive(db.pool, objectOf(file, said))).toBe("foreign");
  expect((await getFileStatus(db.pool, file.file_id))?.state).toBe("awaiting_upload");
});

test("another name in front of a known id is foreign", async () => {
  const file = await announcedFile(db.pool);
  expect(await arrive(db.pool, objectOf(file, { key: `other-${file.file_id}.mp4` }))).toBe(
    "foreign",
  );
});
