import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseApiKey } from "@transpod/contract/api-keys.ts";
import { fileStatus } from "@transpod/contract/public-api.ts";
import { revokeApiKey } from "@transpod/store/api-keys.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { claim, pendingFile, reserve } from "@transpod/store/testing.ts";
import { deleteFile } from "@transpod/store/tombstones.ts";
import { recordProgress } from "@transpod/store/work.ts";
import { insertTestKey } from "@transpod/test/api-key.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ AUTH: "on" });
});
afterAll(() => api.stop());

interface Event {
  event: string;
  data: Record<string, unknown>;
}

/** Opens the stream of all files that the key may see, and keeps what comes. */
async function watch(key: string) {
  const hangUp = new AbortController();
  const headers = { Authorization: `Bearer ${key}` };
  const response = await fetch(`${api.url}/events`, { headers, signal: hangUp.signal });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  let text = "";
  const ended = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })();
  ended.catch(() => {});
  const events = (): Event[] =>
    [...text.matchAll(/^event: (\S+)\ndata: (.*)\n\n/gm)].map(([, event = "", data = ""]) => ({
      event,
      data: JSON.parse(data) as Event["data"],
    }));
  const until = (condition: (event: Event) => boolean) =>
    vi.waitUntil(() => events().find(condition), { timeout: 20_000, interval: 20 });
  await until(({ event }) => event === "ready");
  return { ended, events, until, hangUp: () => hangUp.abort() };
}

const about = (fileId: string) => (event: Event) => event.data["file_id"] === fileId;

async function ownFile(key: string) {
  const ref = await pendingFile(api.database.pool);
  await api.database.pool.query("update files set api_key_id = $2 where file_id = $1", [
    ref.fileId,
    parseApiKey(key)!.keyId,
  ]);
  return ref;
}

test("one stream shows every file that changes, its progress and its end", async () => {
  const { pool } = api.database;
  const watched = await watch(await insertTestKey(pool, "admin"));
  const ref = await pendingFile(pool);
  const other = await pendingFile(pool);
  await watched.until(about(ref.fileId));
  await reserve(pool);
  const lease = await claim(pool, ref);
  const said = { percent: 12.5, fps: 24, speed: 1.5, eta_seconds: 9 };
  await recordProgress(pool, lease, { lease: lease.lease, phase: "encode", ...said });
  const { data } = await watched.until(({ data: { progress } }) => (progress ?? null) !== null);
  expect(fileStatus.parse(data).progress).toMatchObject(said);
  await cancelFile(pool, ref.fileId);
  await watched.until(({ data: { processing_status } }) => processing_status === "cancelled");
  await deleteFile(pool, ref.fileId);
  const deleted = await watched.until(({ event }) => event === "deleted");
  expect(deleted.data).toEqual({ file_id: ref.fileId });
  expect(watched.events().some(about(other.fileId))).toBe(true);
  watched.hangUp();
});

test("a key without admin sees only the files that it created, deleted ones too", async () => {
  const { pool } = api.database;
  const key = await insertTestKey(pool, "read");
  const watched = await watch(key);
  const own = await ownFile(key);
  const other = await pendingFile(pool);
  await cancelFile(pool, other.fileId);
  await deleteFile(pool, other.fileId);
  await cancelFile(pool, own.fileId);
  await deleteFile(pool, own.fileId);
  await watched.until(({ event }) => event === "deleted");
  expect(watched.events().some(about(other.fileId))).toBe(false);
  watched.hangUp();
});

test("when one file leaves the queue, those that wait for their turn are told once", async () => {
  const { pool } = api.database;
  const key = await insertTestKey(pool, "read");
  const first = await pendingFile(pool);
  const earlier = await watch(key);
  const own = await ownFile(key);
  // Notifications come in order: once this one is told, none about the other is on its way.
  await earlier.until(about((await ownFile(key)).fileId));
  earlier.hangUp();
  const watched = await watch(key);
  await cancelFile(pool, first.fileId);
  await cancelFile(pool, (await pendingFile(pool)).fileId);
  const { data } = await watched.until(({ event }) => event === "queue");
  expect(data).toEqual({});
  expect(watched.events().filter(({ event }) => event === "queue")).toHaveLength(1);
  expect(watched.events().some(about(own.fileId))).toBe(false);
  watched.hangUp();
});

test("the stream ends when its key is revoked", async () => {
  const key = await insertTestKey(api.database.pool, "read");
  const watched = await watch(key);
  await revokeApiKey(api.database.pool, parseApiKey(key)!.keyId);
  await watched.ended;
});

test("when notifications may have been lost, it is ready again", async () => {
  const { pool } = api.database;
  const watched = await watch(await insertTestKey(pool, "admin"));
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'transpod-listen' and datname = current_database()`,
  );
  await vi.waitUntil(() => watched.events().filter(({ event }) => event === "ready").length > 1, {
    timeout: 20_000,
    interval: 20,
  });
  watched.hangUp();
});
