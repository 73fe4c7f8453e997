import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import pg from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { startPostgres, type PostgresServer } from "./server.ts";

const serverModule = fileURLToPath(new URL("server.ts", import.meta.url));
vi.setConfig({ testTimeout: 60_000 });
const running: PostgresServer[] = [];

/** In a folder that is closed to everybody else, as /root is. */
function newFolder(): string {
  const closed = temporaryFolder();
  expect(statSync(closed).mode & 0o777).toBe(0o700);
  return join(closed, "postgres");
}

async function start(folder: string): Promise<PostgresServer> {
  const server = await startPostgres({ folder, port: await getPort({ host: "127.0.0.1" }) });
  running.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const pidOf = (folder: string) =>
  Number.parseInt(readFileSync(join(folder, "postmaster.pid"), "utf8"), 10);

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

test("an empty UTF-8 database is there on first use, and keeps its rows", async () => {
  const folder = newFolder();
  const first = await start(folder);
  expect(await query(first.url, "SHOW server_encoding")).toEqual([{ server_encoding: "UTF8" }]);
  await query(first.url, "CREATE TABLE words AS SELECT 'vidéo' AS word");
  await first.stop();

  const second = await start(folder);
  expect(await query(second.url, "SELECT upper(word) AS word FROM words")).toEqual([
    { word: "VIDÉO" },
  ]);
});

test("nobody gets in without the password, which only its owner can read", async () => {
  const folder = newFolder();
  const { url } = await start(folder);
  await expect(query(url.replace(/:[0-9a-f]+@/, ":wrong@"), "SELECT")).rejects.toThrow(
    "password authentication failed",
  );
  expect(statSync(`${folder}-password`).mode & 0o777).toBe(0o600);
});

test("what an interrupted first start left behind is not taken for a database", async () => {
  const folder = newFolder();
  mkdirSync(`${folder}.new`);
  writeFileSync(join(`${folder}.new`, "PG_VERSION"), "18");
  const { url } = await start(folder);
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("the server ends with a parent that was killed, and starts again at once", async () => {
  const folder = newFolder();
  const port = await getPort({ host: "127.0.0.1" });
  const parent = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `import { startPostgres } from ${JSON.stringify(serverModule)};
     await startPostgres(${JSON.stringify({ folder, port })});
     console.log("started");`,
  ]);
  await once(parent.stdout, "data");
  parent.kill("SIGKILL");
  await once(parent, "exit");

  const { url } = await start(folder);
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("the server starts again after it was killed itself", async () => {
  const folder = newFolder();
  const killed = await start(folder);
  process.kill(pidOf(folder), "SIGKILL");
  expect(await killed.exited).toEqual({ code: null, signal: "SIGKILL" });

  const { url } = await start(folder);
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("a stale postmaster.pid with the number of another process does no harm", async () => {
  const folder = newFolder();
  await (await start(folder)).stop();
  writeFileSync(join(folder, "postmaster.pid"), `${process.pid}\n${folder}\n`);

  const { url } = await start(folder);
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("a port that is taken is an error with Postgres' own words", async () => {
  const { url } = await start(newFolder());
  await expect(
    startPostgres({ folder: newFolder(), port: Number(new URL(url).port) }),
  ).rejects.toThrow(/Postgres did not start:.*Address already in use/);
});
