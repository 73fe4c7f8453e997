import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { expireAuditLog } from "./audit-log.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

/** The ages of the entries in days, the youngest first. */
async function ages(): Promise<number[]> {
  const { rows } = await db.pool.query<{ days: number }>(
    `select extract(day from now() - at)::integer as days from audit_log order by at desc`,
  );
  return rows.map(({ days }) => days);
}

test("entries older than the retention are deleted in batches, the oldest first", async () => {
  await db.pool.query(
    `insert into audit_log (at, action, result)
     select now() - make_interval(days => age), 'cancelFile', 'done'
     from unnest(array[12, 1, 30, 9, 11, 10]) as age`,
  );
  expect(await expireAuditLog(db.pool, 10, 2)).toBe(2);
  expect(await ages()).toEqual([1, 9, 10, 11]);
  // Time has passed since the insert, so the entry of ten days is older than ten days.
  expect(await expireAuditLog(db.pool, 10, 1_000)).toBe(2);
  expect(await ages()).toEqual([1, 9]);
  expect(await expireAuditLog(db.pool, 10, 1_000)).toBe(0);
  await expect(db.pool.query("delete from audit_log")).rejects.toThrow("append-only");
  expect(await ages()).toEqual([1, 9]);
});
