import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { formatApiKey, parseApiKey } from "@transpod/contract/api-keys.ts";
import type { ListResponse } from "@transpod/contract/list-api.ts";
import type { FileStatus, UploadResponse } from "@transpod/contract/public-api.ts";
import { revokeApiKey } from "@transpod/store/api-keys.ts";
import { listAudit, type AuditRow } from "@transpod/store/audit-log.ts";
import { announcedFile, pendingFile } from "@transpod/store/testing.ts";
import { insertTestKey } from "@transpod/test/api-key.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ AUTH: "on", TRUST_PROXY: "1" });
});
afterAll(() => api.stop());

const newKey = (...scopes: Parameters<typeof insertTestKey>[1][]) =>
  insertTestKey(api.database.pool, ...scopes);

let addresses = 0;
/** An address as a proxy sends it: failures are counted for each address, so tests must not share one. */
const anAddress = () => `192.0.2.${(addresses += 1)}`;

/** A client with an address of its own. */
function clientWith(key?: string, address = anAddress()) {
  return async <T = Record<string, unknown>>(method: string, path: string, body?: object) =>
    await api.request<T>(path, {
      method,
      headers: {
        "X-Forwarded-For": address,
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
}

const film = { file_name: "holiday.mov" };

async function audit(about: Partial<AuditRow>): Promise<AuditRow[]> {
  const rows = await listAudit(api.database.pool, 1_000);
  return rows.filter((row) =>
    Object.entries(about).every(([name, value]) => row[name as keyof AuditRow] === value),
  );
}

/** Every operation that has a scope, at a file. */
const readsOf = (id: string) =>
  ["status", "events", "transactions", "explain", "download/original", "download/processed"].map(
    (name) => ["GET", `/upload/${id}/${name}`, undefined] as const,
  );
const commandsOf = (id: string) =>
  [
    ["POST", `/upload/${id}/cancel`, undefined],
    ["POST", `/upload/${id}/retry`, undefined],
    ["PATCH", `/upload/${id}`, { priority: 1 }],
    ["DELETE", `/upload/${id}`, undefined],
  ] as const;

test("without a key nothing is read and nothing is done, and the answer says how to get one", async () => {
  const id = (await announcedFile(api.database.pool)).file_id;
  for (const [method, path, body] of [
    ["GET", "/upload", undefined] as const,
    ["POST", "/upload", film] as const,
    ...readsOf(id),
    ...commandsOf(id),
  ]) {
    const { status, headers, body: said } = await clientWith()(method, path, body);
    expect([path, status]).toEqual([path, 401]);
    expect(headers.get("www-authenticate")).toBe('Bearer realm="transpod"');
    expect(said).toMatchObject({
      code: "api_key_missing",
      detail: expect.stringContaining("transpod keys create NAME"),
    });
  }
  expect(await audit({ file_id: id, code: "api_key_missing" })).toHaveLength(10);
});

test("probes, metrics and the documentation are open", async () => {
  for (const path of ["/healthz", "/readyz", "/metrics", "/docs", "/redoc", "/openapi.json"]) {
    expect([path, (await clientWith()("GET", path)).status]).toEqual([path, 200]);
  }
});

test("a key that is unknown, forged, mangled or revoked is refused, and each time written down", async () => {
  const key = await newKey("read");
  const parsed = parseApiKey(key)!;
  const forged = formatApiKey({ ...parsed, secret: "0".repeat(64) });
  const unknown = formatApiKey({ ...parsed, keyId: "0123456789abcdef" });
  for (const wrong of [unknown, forged, `${key}0`, "eyJhbGciOiJSUzI1NiJ9.e30.x"]) {
    const { status, headers, body } = await clientWith(wrong)("GET", "/upload");
    expect([status, body["code"]]).toEqual([401, "api_key_unknown"]);
    expect(headers.get("www-authenticate")).toContain('error="invalid_token"');
  }
  expect((await clientWith(key)("GET", "/upload")).status).toBe(200);
  await revokeApiKey(api.database.pool, parsed.keyId);
  const revoked = await clientWith(key)("GET", "/upload");
  expect(revoked).toMatchObject({ status: 401, body: { code: "api_key_revoked" } });
  const written = await audit({ key_id: parsed.keyId, action: "listFiles" });
  expect(written.map(({ code }) => code)).toEqual(["api_key_unknown", "api_key_revoked"]);
});

test("a body is not read before its sender is known", async () => {
  const response = await fetch(`${api.url}/upload`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Forwarded-For": anAddress() },
    body: "{",
  });
  expect(response.status).toBe(401);
});

test("a scope allows what it says: read no commands, write no looking, admin both", async () => {
  const [reader, writer, admin] = [
    clientWith(await newKey("read")),
    clientWith(await newKey("write")),
    clientWith(await newKey("admin")),
  ];
  const id = (await announcedFile(api.database.pool)).file_id;
  const forbidden = async (client: typeof reader, calls: readonly (readonly unknown[])[]) => {
    for (const [method, path, body] of calls as ReturnType<typeof commandsOf>) {
      const { status, headers, body: said } = await client(method, path, body);
      expect([method, path, status, said["code"]]).toEqual([method, path, 403, "scope_missing"]);
      expect(headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    }
  };
  await forbidden(reader, [["POST", "/upload", film], ...commandsOf(id)]);
  await forbidden(writer, [["GET", "/upload"], ...readsOf(id)]);
  const { body } = await reader("POST", "/upload", film);
  expect(body["detail"]).toContain("transpod keys create NAME --scope write");
  expect((await reader("GET", "/upload")).status).toBe(200);
  expect((await writer("POST", "/upload", film)).status).toBe(200);
  expect((await admin("GET", `/upload/${id}/status`)).status).toBe(200);
  expect((await admin("DELETE", `/upload/${id}`)).status).toBe(204);
});

test("a key sees and commands the files that it created; every other is as if it did not exist", async () => {
  const [one, other] = [
    clientWith(await newKey("read", "write")),
    clientWith(await newKey("read", "write")),
  ];
  const admin = clientWith(await newKey("admin"));
  const { body: file } = await one<UploadResponse>("POST", "/upload", film);
  const id = file.file_id;
  const nobodys = (await pendingFile(api.database.pool)).fileId;

  const compare = async (foreign: string) => {
    const missing = randomUUID();
    const calls = [...readsOf(foreign), ...commandsOf(foreign)];
    for (const [method, path, body] of calls) {
      const refused = await other<{ detail: string }>(method, path, body);
      const unknown = await other<{ detail: string }>(method, path.replace(foreign, missing), body);
      expect([method, path, refused.status]).toEqual([method, path, 404]);
      const said = JSON.stringify(refused.body).replaceAll(foreign, missing);
      expect(said).toBe(JSON.stringify(unknown.body));
    }
  };
  await compare(id);
  await compare(nobodys);
  expect((await one<FileStatus>("GET", `/upload/${id}/status`)).body).toMatchObject({
    processing_status: "awaiting_upload",
    priority: 0,
  });
  const listed = async (client: typeof one) =>
    (await client<ListResponse>("GET", "/upload?limit=100")).body.files.map((f) => f.file_id);
  expect(await listed(one)).toEqual([id]);
  expect(await listed(other)).toEqual([]);
  expect(await listed(admin)).toEqual(expect.arrayContaining([id, nobodys]));

  expect((await one("DELETE", `/upload/${id}`)).status).toBe(204);
  expect((await one("DELETE", `/upload/${id}`)).status).toBe(204);
  const gone = await one("GET", `/upload/${id}/status`);
  expect(gone).toMatchObject({ status: 404, body: { code: "file_deleted" } });
  await compare(id);
});

test("pages of a key's own list run past the files of others", async () => {
  const client = clientWith(await newKey("read", "write"));
  const made: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    made.unshift((await client<UploadResponse>("POST", "/upload", film)).body.file_id);
    await announcedFile(api.database.pool);
  }
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "?limit=2" : `?limit=2&cursor=${cursor}`;
    const page = (await client<ListResponse>("GET", `/upload${query}`)).body;
    seen.push(...page.files.map((file) => file.file_id));
    cursor = page.next_cursor;
  }
  expect(seen).toEqual(made);
});

test("every command is written down: whose, at what, from where, and what came of it", async () => {
  const address = anAddress();
  const key = await newKey("read", "write");
  const client = clientWith(key, address);
  const { body: file, headers } = await client<UploadResponse>("POST", "/upload", film);
  const id = file.file_id;
  await client("PATCH", `/upload/${id}`, { priority: 3 });
  await client("POST", `/upload/${id}/cancel`);
  await client("POST", `/upload/${id}/cancel`);
  await client("POST", `/upload/${id}/retry`);
  await client("DELETE", `/upload/${id}`);
  await client("POST", `/upload/${id}/cancel`);
  const written = await audit({ file_id: id });
  expect(written.map(({ action, result, code }) => [action, result, code])).toEqual([
    ["createUpload", "done", null],
    ["updateFile", "done", null],
    ["cancelFile", "done", null],
    ["cancelFile", "unchanged", null],
    ["retryFile", "refused", "not_uploaded"],
    ["deleteFile", "done", null],
    ["cancelFile", "refused", "file_deleted"],
  ]);
  for (const entry of written) {
    expect(entry).toMatchObject({ key_id: parseApiKey(key)?.keyId, client: address });
  }
  expect(written[0]?.request_id).toBe(headers.get("x-request-id"));
});

test("a command that can't be written down is not done; a refusal stands, and is in the log whole", async () => {
  const { pool } = api.database;
  const client = clientWith(await newKey("read", "write"));
  const id = (await client<UploadResponse>("POST", "/upload", film)).body.file_id;
  // As when the disk is full.
  await pool.query(
    `create function refuse() returns trigger language plpgsql as
       $$ begin raise exception 'no space' using errcode = '53100'; end $$;
     create trigger refuse before insert on audit_log execute function refuse()`,
  );
  try {
    expect(await client("POST", `/upload/${id}/cancel`)).toMatchObject({
      status: 503,
      body: { code: "temporarily_unavailable" },
    });
    expect((await client("DELETE", `/upload/${id}`)).status).toBe(503);
    expect((await client("GET", `/upload/${id}/status`)).body).toMatchObject({
      processing_status: "awaiting_upload",
    });
    const unknown = randomUUID();
    expect((await client("DELETE", `/upload/${unknown}`)).status).toBe(404);
    expect(api.logged()).toContainEqual(
      expect.objectContaining({ event: "audit_failed", action: "deleteFile", file_id: unknown }),
    );
  } finally {
    await pool.query("drop trigger refuse on audit_log; drop function refuse");
  }
  expect((await client("POST", `/upload/${id}/cancel`)).status).toBe(200);
});

test.each(["delete from audit_log", "update audit_log set client = ''", "truncate audit_log"])(
  "the audit log refuses: %s",
  async (statement) => {
    await expect(api.database.pool.query(statement)).rejects.toThrow("append-only");
  },
);

test("who fails too often is put off, and not written down any more; a valid key passes", async () => {
  const address = anAddress();
  const stranger = clientWith(undefined, address);
  const answers = [];
  for (let count = 0; count < 22; count += 1) answers.push(await stranger("GET", "/upload"));
  expect(answers.map(({ status }) => status)).toEqual([...Array(20).fill(401), 429, 429]);
  expect(answers.at(-1)).toMatchObject({ body: { code: "too_many_requests" } });
  expect(Number(answers.at(-1)?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await audit({ client: address })).toHaveLength(20);
  expect((await clientWith(await newKey("read"), address)("GET", "/upload")).status).toBe(200);
  expect((await clientWith()("GET", "/upload")).status).toBe(401);
});

test("without Postgres nobody is let in, and the key is not in the log of the failure", async () => {
  const DATABASE_URL = "postgres://transpod@127.0.0.1:1/transpod";
  const alone = await startTestApi({ AUTH: "on", DATABASE_URL, LOG_LEVEL: "trace" });
  try {
    const key = formatApiKey({ keyId: "0123456789abcdef", secret: "5e".repeat(32) });
    const Authorization = `Bearer ${key}`;
    expect((await alone.get("/upload", { headers: { Authorization } })).status).toBe(503);
    expect(alone.logged()).toContainEqual(expect.objectContaining({ event: "request_failed" }));
    expect(JSON.stringify(alone.logged())).not.toContain("5e5e");
  } finally {
    await alone.stop();
  }
});

test("a stream of events ends with its file for the key that created it", async () => {
  const key = await newKey("read", "write");
  const client = clientWith(key);
  const { body: file } = await client<UploadResponse>("POST", "/upload", film);
  const stream = client<string>("GET", `/upload/${file.file_id}/events`);
  await vi.waitUntil(
    async () => /^transpod_event_streams [1-9]/m.test((await api.get<string>("/metrics")).body),
    { timeout: 30_000 },
  );
  await client("POST", `/upload/${file.file_id}/cancel`);
  expect((await stream).body).toContain("id: 0-cancelled");
});
