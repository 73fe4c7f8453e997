import { afterAll, beforeAll, expect, test } from "vitest";
import { parseApiKey } from "@transpod/contract/api-keys.ts";
import type { Overview } from "@transpod/contract/overview-api.ts";
import { failFile } from "@transpod/store/attempts.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { announcedFile, claim, pendingFile, publish, reserve } from "@transpod/store/testing.ts";
import { insertTestKey } from "@transpod/test/api-key.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ AUTH: "on" });
});
afterAll(() => api.stop());

async function overview(key: string, query = ""): Promise<Overview> {
  const headers = { Authorization: `Bearer ${key}` };
  const { status, body } = await api.get<Overview>(`/overview${query}`, { headers });
  expect(status).toBe(200);
  return body;
}

test("it counts what waits and runs, and what ended in the last hours", async () => {
  const { pool } = api.database;
  await announcedFile(pool);
  const done = await pendingFile(pool);
  const broken = await pendingFile(pool);
  const old = await pendingFile(pool);
  await reserve(pool);
  await publish(pool, done, `${done.fileId}/1-1.mp4`);
  await failFile(pool, await claim(pool, broken), {
    code: "damaged",
    detail: "It is damaged.",
    counted: true,
  });
  await cancelFile(pool, old.fileId);
  await pool.query(
    "update transactions set ended_at = now() - interval '3 hours' where file_id = $1",
    [old.fileId],
  );
  await pendingFile(pool);

  const all = await overview(await insertTestKey(pool, "admin"));
  expect(all).toMatchObject({
    hours: 24,
    states: { awaiting_upload: 1, uploaded: 0, pending: 1, processing: 0 },
    last_hours: {
      completed: 1,
      failed: 1,
      cancelled: 1,
      failures: [{ code: "damaged", count: 1 }],
    },
  });
  expect(all.last_hours.original_bytes).toBeGreaterThan(0);
  expect(all.last_hours.video_seconds).toBeGreaterThan(0);
  const lately = await overview(await insertTestKey(pool, "admin"), "?hours=2");
  expect(lately.last_hours).toMatchObject({ completed: 1, failed: 1, cancelled: 0 });

  const key = await insertTestKey(pool, "read");
  await pool.query("update files set api_key_id = $2 where file_id = $1", [
    broken.fileId,
    parseApiKey(key)!.keyId,
  ]);
  expect(await overview(key)).toMatchObject({
    states: { awaiting_upload: 0, uploaded: 0, pending: 0, processing: 0 },
    last_hours: { completed: 0, failed: 1, cancelled: 0, original_bytes: 0 },
  });
});
