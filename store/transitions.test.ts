import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { canFollow, fileStates, stateRank } from "@transpod/contract/states.ts";
import { FaultProxy, addressOf } from "@transpod/test/fault-proxy.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { inTransaction } from "./database.ts";
import { listenForFiles } from "./notifications.ts";
import { announcedFile, arrive, claimedFile, objectOf, resultOf } from "./testing.ts";
import { completeFile } from "./work.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

test("the database ranks states as the contract does", async () => {
  const { rows } = await db.pool.query<{ state: string; rank: number }>(
    "select state, state_rank(state) as rank from unnest($1::text[]) as state",
    [fileStates],
  );
  expect(Object.fromEntries(rows.map((row) => [row.state, row.rank]))).toEqual(stateRank);
});

test("the database refuses exactly the transitions that the contract refuses", async () => {
  const positions = [1, 2].flatMap((attempt) => fileStates.map((state) => ({ attempt, state })));
  const put = (fileId: string, { attempt, state }: (typeof positions)[number]) => [
    fileId,
    attempt,
    state,
    state === "completed" ? "out.mp4" : null,
    state === "failed" ? "stalled" : null,
  ];
  for (const from of positions) {
    for (const to of positions) {
      if (from.state === to.state && from.attempt === to.attempt) continue;
      const { file_id } = await announcedFile(db.pool);
      const update = `update files set attempt = $2, state = $3, processed_key = $4, failure_code = $5
                      where file_id = $1`;
      await db.pool.query("alter table files disable trigger guard_transition");
      await db.pool.query(update, put(file_id, from));
      await db.pool.query("alter table files enable trigger guard_transition");
      const moved = await db.pool.query(update, put(file_id, to)).then(
        () => true,
        () => false,
      );
      expect([from, to, moved]).toEqual([from, to, canFollow(from, to)]);
    }
  }
});

test("the history has every transition once, in order", async () => {
  const ref = await claimedFile(db.pool);
  await completeFile(db.pool, ref, "out.mp4", resultOf(ref));
  const { rows } = await db.pool.query(
    "select from_state, to_state, attempt from history where file_id = $1 order by history_id",
    [ref.fileId],
  );
  expect(rows).toEqual([
    { from_state: null, to_state: "awaiting_upload", attempt: 0 },
    { from_state: "awaiting_upload", to_state: "pending", attempt: 1 },
    { from_state: "pending", to_state: "processing", attempt: 1 },
    { from_state: "processing", to_state: "completed", attempt: 1 },
  ]);
});

test("listeners hear of transitions, also after their connection was cut", async () => {
  const heard = new Set<string>();
  let connections = 0;
  const listening = listenForFiles(db.url, {
    onFile: (fileId) => heard.add(fileId),
    onConnect: () => (connections += 1),
    onError: () => {},
  });
  await vi.waitUntil(() => connections === 1);
  const first = await announcedFile(db.pool);
  await arrive(db.pool, objectOf(first));
  await vi.waitUntil(() => heard.has(first.file_id));

  await db.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'transpod-listen' and datname = current_database()`,
  );
  await vi.waitUntil(() => connections === 2, { timeout: 10_000 });
  const second = await announcedFile(db.pool);
  await vi.waitUntil(() => heard.has(second.file_id));
  await listening.close();
});

test("a listener whose connection is half open notices, and hears again", async () => {
  await using proxy = await FaultProxy.open(addressOf(db.url));
  const heard = new Set<string>();
  let connections = 0;
  const listening = listenForFiles(
    proxy.through(db.url),
    {
      onFile: (fileId) => heard.add(fileId),
      onConnect: () => (connections += 1),
      onError: () => {},
    },
    500,
  );
  await vi.waitUntil(() => connections === 1, { timeout: 20_000 });
  proxy.freezeOpen();
  const file = await announcedFile(db.pool);
  expect(heard.has(file.file_id)).toBe(false);
  await vi.waitUntil(() => connections === 2, { timeout: 20_000 });
  const second = await announcedFile(db.pool);
  await vi.waitUntil(() => heard.has(second.file_id), { timeout: 20_000 });
  proxy.freezeOpen();
  await listening.close();
});

test("a client that dies inside a transaction leaves nothing half done", async () => {
  const file = await announcedFile(db.pool);
  const client = new pg.Client({ connectionString: db.url });
  client.on("error", () => {});
  await client.connect();
  await client.query("begin");
  await client.query("update files set state = 'uploaded' where file_id = $1", [file.file_id]);
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  await db.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where state = 'idle in transaction' and datname = current_database()`,
  );
  await ended;
  expect(await arrive(db.pool, objectOf(file))).toBe("accepted");
});

test("a connection that is cut between two statements fails its transaction and nothing else", async () => {
  const cut = inTransaction(db.pool, async (client) => {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const noticed = new Promise<void>((resolve) => client.once("end", () => resolve()));
    await db.pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await noticed;
    await client.query("select");
  });
  await expect(cut).rejects.toThrow(/terminat|not queryable|closed/i);
  expect((await db.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("a connection that is cut before whoever waited for it has used it ends no process", async () => {
  const client = await db.pool.connect();
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const noticed = new Promise<void>((resolve) => client.once("end", () => resolve()));
  await db.pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
  await noticed;
  client.release();
  expect((await db.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});
