import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import getPort from "get-port";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { startPostgres } from "@transpod/embedded/postgres/server.ts";
import { temporaryFolder } from "@transpod/embedded/temporary-folder.ts";
import { administer } from "@transpod/test/harness.ts";
import { startCommand, transpod } from "./testing.ts";

vi.setConfig({ testTimeout: 60_000 });

const migrations = readdirSync(new URL("../store/migrations", import.meta.url))
  .map((file) => file.replace(/\.sql$/, ""))
  .toSorted();

/** An empty database on the run's Postgres. */
async function emptyDatabase(): Promise<URL> {
  const name = `test-migrate-${randomBytes(4).toString("hex")}`;
  await administer(`create database "${name}"`);
  onTestFinished(() => administer(`drop database "${name}"`));
  const url = new URL(inject("postgresUrl"));
  url.pathname = name;
  return url;
}

test("the first run tells the migrations that it ran, the second that there was nothing to do", async () => {
  const { href: DATABASE_URL } = await emptyDatabase();
  const first = await transpod(["migrate"], { DATABASE_URL });
  expect(first).toEqual({
    exitCode: 0,
    stderr: "",
    stdout: [...migrations.map((name) => `ran ${name}`), "The schema is up to date.\n"].join("\n"),
  });
  expect(await transpod(["migrate"], { DATABASE_URL })).toEqual({
    exitCode: 0,
    stderr: "",
    stdout: "The schema was up to date.\n",
  });
});

test("of many at once each migration is run by one", async () => {
  const { href: DATABASE_URL } = await emptyDatabase();
  const runs = await Promise.all(
    Array.from({ length: 3 }, () => transpod(["migrate", "--json"], { DATABASE_URL })),
  );
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  const ran: string[] = runs.flatMap(({ stdout }) => JSON.parse(stdout).ran);
  expect(ran.toSorted()).toEqual(migrations);
});

test("it waits for a database that is not up yet, and says so", async () => {
  const folder = join(temporaryFolder(), "postgres");
  const port = await getPort({ host: "127.0.0.1" });
  const first = await startPostgres({ folder, port });
  const DATABASE_URL = first.url;
  await first.stop();
  const running = startCommand(["migrate"], { DATABASE_URL });
  await running.says(
    `The database transpod at 127.0.0.1:${port} does not answer yet; waiting up to 60 s: connect`,
  );
  const postgres = await startPostgres({ folder, port });
  onTestFinished(() => postgres.stop());
  expect((await running.ended).exitCode).toBe(0);
});

test("a database that does not answer in time is a sentence", async () => {
  const port = await getPort({ host: "127.0.0.1" });
  const DATABASE_URL = `postgres://transpod:secret@127.0.0.1:${port}/transpod`;
  const { exitCode, stderr } = await transpod(["migrate", "--wait", "1"], { DATABASE_URL });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(`The database transpod at 127.0.0.1:${port} did not answer: connect`);
  expect(stderr).not.toContain("secret");
});

test("a database that is not there is a sentence, at once", async () => {
  const url = new URL(inject("postgresUrl"));
  url.pathname = "nowhere";
  const { exitCode, stderr } = await transpod(["migrate", "--json"], { DATABASE_URL: url.href });
  expect(exitCode).toBe(1);
  expect(JSON.parse(stderr)).toEqual({
    code: "database_refuses",
    detail:
      `The database nowhere at ${url.host} rejects the login: ` +
      'database "nowhere" does not exist. Correct DATABASE_URL.',
  });
});

test("a user who may not change the schema is told what is missing", async () => {
  const url = await emptyDatabase();
  const role = `test-${randomBytes(4).toString("hex")}`;
  await administer(`create role "${role}" login password 'secret'`);
  onTestFinished(() => administer(`drop role "${role}"`));
  Object.assign(url, { username: role, password: "secret" });
  const { exitCode, stderr } = await transpod(["migrate"], { DATABASE_URL: url.href });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/permission denied for schema public\. The user in DATABASE_URL must own/);
  expect(stderr).not.toContain("secret");
});

test("a password that is missing is a sentence, at once", async () => {
  const url = new URL(inject("postgresUrl"));
  url.password = "";
  const { exitCode, stderr } = await transpod(["migrate"], { DATABASE_URL: url.href });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/rejects the login: .*password/);
});

test.each([
  [{}, "DATABASE_URL: Give the URL of the database: postgres://user:password@host:5432/name"],
  [{ DATABASE_URL: "mysql://localhost/x" }, "DATABASE_URL: Give the URL of the database"],
])("without a usable DATABASE_URL it says so (%j)", async (environment, sentence) => {
  const { exitCode, stderr } = await transpod(["migrate"], environment);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(sentence);
});
