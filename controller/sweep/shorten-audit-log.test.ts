import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "@transpod/runtime/logger.ts";
import { listAudit } from "@transpod/store/audit-log.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { shortenAuditLog } from "./shorten-audit-log.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

test("entries older than the retention are deleted, and none with a retention of 0", async () => {
  await db.pool.query(
    `insert into audit_log (at, action, result)
     select now() - make_interval(days => age), age::text, 'done' from unnest(array[9000, 8, 6]) as age`,
  );
  const log = createLogger({ service: "test", level: "silent" });
  const keptFor = async (auditLogRetentionDays: number) => {
    await shortenAuditLog({ pool: db.pool, settings: { auditLogRetentionDays }, log });
    return (await listAudit(db.pool, 10)).map(({ action }) => action);
  };
  expect(await keptFor(0)).toEqual(["9000", "8", "6"]);
  expect(await keptFor(7)).toEqual(["6"]);
});
