import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { getFileStatus, getFileStatuses } from "./files.ts";
import { listFileStatus } from "./list-files.ts";
import { announcedFile, pendingFile } from "./testing.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

test("a file has the same position in the queue however it is read", async () => {
  const priorities = [0, 5, 0, -1, 5];
  const positions = [3, 1, 4, 5, 2];
  const fileIds: string[] = [];
  for (const priority of priorities) {
    fileIds.push((await pendingFile(db.pool, { priority })).fileId);
  }
  const announced = await announcedFile(db.pool);
  const expected = new Map<string, number | null>([
    ...fileIds.map((id, i) => [id, positions[i]!] as const),
    [announced.file_id, null],
  ]);

  const alone = await Promise.all([...expected.keys()].map((id) => getFileStatus(db.pool, id)));
  const together = await getFileStatuses(db.pool, [...expected.keys()]);
  const listed = await listFileStatus(db.pool, {
    ...{ states: undefined, search: undefined, sort: "created_at", order: "asc" },
    ...{ createdBy: null, after: undefined, limit: 10 },
  });
  for (const rows of [alone, together, listed]) {
    expect(new Map(rows.map((row) => [row!.file_id, row!.queue_position]))).toEqual(expected);
  }
});
