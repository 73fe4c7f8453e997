import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { hashSecret, parseApiKey } from "@transpod/contract/api-keys.ts";
import { getApiKey } from "@transpod/store/api-keys.ts";
import type { AuditRow } from "@transpod/store/audit-log.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { transpod } from "../testing.ts";

vi.setConfig({ testTimeout: 120_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const keys = (...args: string[]) => transpod(["keys", ...args], { DATABASE_URL: database.url });

async function keysAsJson(...args: string[]) {
  const { exitCode, stdout, stderr } = await keys(...args, "--json");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout);
}

test("a key is shown when it is made, and never again; only a hash of its secret is kept", async () => {
  const made = await keysAsJson("create", "web-shop");
  expect(made).toMatchObject({ name: "web-shop", scopes: ["read", "write"] });
  const { keyId, secret } = parseApiKey(made.key)!;
  expect(keyId).toBe(made.key_id);
  expect((await getApiKey(database.pool, keyId))?.secret_hash).toEqual(hashSecret(secret));
  const { rows } = await database.pool.query<{ all: string }>(
    `select string_agg(k::text, '') || (select string_agg(a::text, '') from audit_log a) as all
     from api_keys k`,
  );
  expect(rows[0]?.all).toContain(keyId);
  expect(rows[0]?.all).not.toContain(secret);

  const { stdout } = await keys("list");
  expect(stdout).toMatch(new RegExp(`^  ${keyId}  web-shop +read,write  20\\S+Z +-$`, "m"));
  const listed = await keysAsJson("list");
  expect(listed.keys).toContainEqual(expect.objectContaining({ key_id: keyId, revoked_at: null }));
  expect(stdout + JSON.stringify(listed)).not.toContain(secret);
});

test("a person is shown the key on a line of its own", async () => {
  const { stdout } = await keys("create", "me", "--scope", "admin");
  const key = stdout.split("\n").find((line) => parseApiKey(line) !== undefined);
  const { keyId } = parseApiKey(key ?? "")!;
  expect(stdout).toContain(`Created the API key ${keyId} "me": admin.`);
  expect((await getApiKey(database.pool, keyId))?.scopes).toEqual(["admin"]);
});

test("a key is revoked once; who revokes another that there is not is told", async () => {
  const { key_id } = await keysAsJson("create", "old", "--scope", "read");
  expect((await keys("revoke", key_id)).stdout).toBe(`The API key ${key_id} is revoked.\n`);
  expect(await keysAsJson("revoke", key_id)).toEqual({ key_id, revoked: false });
  const [revoked] = (await keysAsJson("list")).keys.filter(
    (key: { key_id: string }) => key.key_id === key_id,
  );
  expect(Date.parse(revoked.revoked_at)).toBeGreaterThan(0);
  const { exitCode, stderr } = await keys("revoke", "0123456789abcdef", "--json");
  expect(exitCode).toBe(1);
  expect(JSON.parse(stderr)).toMatchObject({
    code: "key_not_found",
    detail: expect.stringContaining("transpod keys list"),
  });
});

test("the audit log tells of keys that were made and revoked", async () => {
  const { key_id } = await keysAsJson("create", "brief");
  await keys("revoke", key_id);
  const { entries } = await keysAsJson("log", "--limit", "2");
  expect(entries.map((entry: AuditRow) => [entry.action, entry.key_id, entry.result])).toEqual([
    ["createKey", key_id, "done"],
    ["revokeKey", key_id, "done"],
  ]);
  const { stdout } = await keys("log");
  expect(stdout).toMatch(new RegExp(`^  20\\S+Z  revokeKey  done +${key_id}`, "m"));
});

test.each([
  [["create"], "missing required argument 'name'"],
  [["create", "a\u001B[2Jb"], "printable characters"],
  [["create", "a", "--scope", "root"], "Give one of read, write, admin."],
  [["log", "--limit", "0"], "whole number"],
])("keys %j is wrong usage, and the message says why", async (args, message) => {
  const { exitCode, stderr } = await keys(...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});

test("without a database, and without its schema, the next step is told", async () => {
  expect((await transpod(["keys", "list"])).stderr).toContain("DATABASE_URL: Give the URL");
  const none = { DATABASE_URL: "postgres://transpod:hidden@127.0.0.1:1/transpod" };
  const silent = await transpod(["keys", "list"], none);
  expect(silent.stderr).toMatch(/^The database transpod at 127\.0\.0\.1:1 did not answer: connect/);
  expect(silent.stderr).not.toContain("hidden");
  const empty = await transpod(["keys", "list"], { DATABASE_URL: inject("postgresUrl") });
  expect(empty.exitCode).toBe(1);
  expect(empty.stderr).toContain("transpod migrate");
});
