import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { inTransaction } from "./database.ts";
import { getFileStatus } from "./files.ts";
import { deleteOutbox, insertOutbox, takeOutbox } from "./outbox.ts";
import { markUploaded, takeMissedUploads } from "./sweeps.ts";
import { announcedFile, arrive, objectOf, pendingFile } from "./testing.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

test("each silent upload is taken by one sweep, and not again before its time", async () => {
  const files = await Promise.all(Array.from({ length: 6 }, () => announcedFile(db.pool)));
  await pendingFile(db.pool);
  await db.pool.query("update files set swept_at = now() - interval '1 hour'");
  const taken = await Promise.all([1, 2, 3].map(() => takeMissedUploads(db.pool, 60, 2)));
  const ids = taken.flat().map((file) => file.file_id);
  expect(ids.toSorted()).toEqual(files.map((file) => file.file_id).toSorted());
  expect(await takeMissedUploads(db.pool, 60, 10)).toEqual([]);
});

test("what the sweep found is pinned: only that version's event is accepted then", async () => {
  const file = await announcedFile(db.pool);
  expect(await markUploaded(db.pool, file.file_id, objectOf(file))).toBe(true);
  expect((await getFileStatus(db.pool, file.file_id))?.state).toBe("uploaded");
  expect(await arrive(db.pool, objectOf(file, { version_id: "v2" }))).toBe("superseded");
  expect(await arrive(db.pool, objectOf(file))).toBe("accepted");
  expect(await markUploaded(db.pool, file.file_id, objectOf(file))).toBe(false);
});

test("a message of the outbox is taken by one relay at a time, until it is sent", async () => {
  await insertOutbox(db.pool, "one");
  await insertOutbox(db.pool, "two");
  const bodies = (rows: { body: string }[]) => rows.map((row) => row.body);
  await inTransaction(db.pool, async (client) => {
    const mine = await takeOutbox(client, 10);
    expect(bodies(mine)).toEqual(["one", "two"]);
    expect(await inTransaction(db.pool, (other) => takeOutbox(other, 10))).toEqual([]);
    await deleteOutbox(client, [mine[0]!.outbox_id]);
  });
  expect(bodies(await inTransaction(db.pool, (client) => takeOutbox(client, 10)))).toEqual(["two"]);
});
