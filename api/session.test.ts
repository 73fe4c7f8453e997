import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseApiKey } from "@transpod/contract/api-keys.ts";
import type { UploadResponse } from "@transpod/contract/public-api.ts";
import type { Session } from "@transpod/contract/session-api.ts";
import { revokeApiKey } from "@transpod/store/api-keys.ts";
import { listAudit } from "@transpod/store/audit-log.ts";
import { deleteExpiredSessions } from "@transpod/store/sessions.ts";
import { insertTestKey } from "@transpod/test/api-key.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ AUTH: "on", TRUST_PROXY: "1", MAX_UPLOAD_BYTES: "1000000" });
});
afterAll(() => api.stop());

type Headers = Record<string, string>;
const ownPage = { "Sec-Fetch-Site": "same-origin" };

async function send<T = Session>(method: string, path: string, headers: Headers, body?: object) {
  const json = body === undefined ? {} : { "Content-Type": "application/json" };
  const init = { method, headers: { ...ownPage, ...json, ...headers } };
  return await api.request<T>(
    path,
    body === undefined ? init : { ...init, body: JSON.stringify(body) },
  );
}

const signIn = (api_key: string, headers: Headers = {}) =>
  send("POST", "/session", headers, { api_key });

async function signedIn(...scopes: Parameters<typeof insertTestKey>[1][]) {
  const key = await insertTestKey(api.database.pool, ...scopes);
  const { status, headers } = await signIn(key);
  expect(status).toBe(200);
  const cookie = /^[^;]+/.exec(headers.get("set-cookie") ?? "")?.[0] ?? "";
  return { keyId: parseApiKey(key)!.keyId, cookie: { Cookie: `theme=dark; ${cookie}` } };
}

const film = { file_name: "holiday.mov" };

test("a key is exchanged for a cookie that scripts can't read and other sites don't send", async () => {
  const key = await insertTestKey(api.database.pool, "read");
  const { body, headers } = await signIn(key);
  const { keyId } = parseApiKey(key)!;
  expect(body).toEqual({
    auth: "on",
    key: { id: keyId, name: "test", scopes: ["read"] },
    max_upload_bytes: 1_000_000,
  });
  const cookie = headers.get("set-cookie");
  expect(cookie).toMatch(
    /^transpod_session=[0-9a-f]{64}; Max-Age=604800; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
  );
  const secure = await signIn(key, { "X-Forwarded-Proto": "https" });
  expect(secure.headers.get("set-cookie")).toContain("; Secure;");
});

test("the cookie is as good as its key", async () => {
  const { cookie, keyId } = await signedIn("read", "write");
  expect(await send("POST", "/upload", cookie, film)).toMatchObject({ status: 200 });
  expect(await send("GET", "/upload", cookie)).toMatchObject({
    ...{ status: 200, body: { files: [{ file_name: "holiday.mov" }] } },
  });
  const session = await send("GET", "/session", cookie);
  expect(session.body.key?.id).toBe(keyId);
  expect(session.headers.get("set-cookie")).toMatch(
    /^transpod_session=[0-9a-f]{64}; Max-Age=604800;/,
  );
  const webhooks = await send("GET", "/webhooks", cookie);
  expect(webhooks).toMatchObject({ status: 403, body: { code: "scope_missing" } });
});

test("a request that another site causes is refused", async () => {
  const { cookie } = await signedIn("admin");
  const crossSite = { status: 403, body: { code: "cross_site" } };
  for (const site of ["cross-site", "same-site", "none"]) {
    const headers = { ...cookie, "Sec-Fetch-Site": site };
    expect(await send("POST", "/upload", headers, film)).toMatchObject(crossSite);
    expect(await send("DELETE", "/session", headers)).toMatchObject(crossSite);
  }
  const read = await send("GET", "/upload", { ...cookie, "Sec-Fetch-Site": "cross-site" });
  expect(read).toMatchObject(crossSite);
  expect((await send("GET", "/upload", { ...cookie, "Sec-Fetch-Site": "none" })).status).toBe(200);
});

test("without Sec-Fetch-Site the origin decides", async () => {
  const { cookie } = await signedIn("admin");
  const post = async (headers: Headers) => {
    const init = { method: "POST", body: JSON.stringify(film) };
    const all = { ...cookie, ...headers, "Content-Type": "application/json" };
    return (await api.request("/upload", { ...init, headers: all })).status;
  };
  expect(await post({ Origin: api.url })).toBe(200);
  expect(await post({ Origin: "https://elsewhere.example" })).toBe(403);
  expect(await post({})).toBe(403);
});

test("signing out ends the session, and can be repeated", async () => {
  const { cookie } = await signedIn("read");
  const out = await send("DELETE", "/session", cookie);
  expect(out.status).toBe(204);
  expect(out.headers.get("set-cookie")).toMatch(/^transpod_session=; .*Expires=Thu, 01 Jan 1970/);
  expect((await send("DELETE", "/session", cookie)).status).toBe(204);
  const after = await send("GET", "/upload", cookie);
  expect(after).toMatchObject({ status: 401, body: { code: "session_expired" } });
  expect((await send("GET", "/session", cookie)).body).toMatchObject({ auth: "on", key: null });
});

test("signing out ends the streams of that session only, on every replica", async () => {
  const replica = await startTestApi({ AUTH: "on" }, api);
  const [leaving, staying] = [await signedIn("read", "write"), await signedIn("read")];
  const open = async ({ url }: TestApi, path: string, { cookie }: typeof leaving) => {
    const response = await fetch(`${url}${path}`, { headers: { ...cookie, ...ownPage } });
    expect(response.status).toBe(200);
    const stream = { ended: false };
    void response.text().then(() => (stream.ended = true));
    return stream;
  };
  const { file_id } = (await send<UploadResponse>("POST", "/upload", leaving.cookie, film)).body;
  const streams = [
    await open(api, "/events", leaving),
    await open(replica, "/events", leaving),
    await open(replica, `/upload/${file_id}/events`, leaving),
  ];
  const other = await open(replica, "/events", staying);
  const out = performance.now();
  await send("DELETE", "/session", leaving.cookie);
  await vi.waitUntil(() => streams.every(({ ended }) => ended), { timeout: 10_000 });
  // A beat, which checks all sessions, comes every 15 seconds.
  expect(performance.now() - out).toBeLessThan(5_000);
  expect(other.ended).toBe(false);
  await replica.stop();
});

test("a session ends with its key", async () => {
  const { cookie, keyId } = await signedIn("read");
  await revokeApiKey(api.database.pool, keyId);
  const after = await send("GET", "/upload", cookie);
  expect(after).toMatchObject({ status: 401, body: { code: "api_key_revoked" } });
});

test("a session lasts a week from its last use, and is then removed", async () => {
  const { pool } = api.database;
  const { cookie, keyId } = await signedIn("read");
  const left = async (interval?: string) => {
    if (interval !== undefined) {
      await pool.query(
        `update sessions set expires_at = now() + $2::interval where api_key_id = $1`,
        [keyId, interval],
      );
    }
    const { status } = await send("GET", "/upload", cookie);
    const { rows } = await pool.query<{ days: number }>(
      `select extract(epoch from expires_at - now())::float8 / 86400 as days
       from sessions where api_key_id = $1`,
      [keyId],
    );
    return { status, days: rows[0]?.days };
  };
  expect(await left("2 hours")).toMatchObject({ status: 200, days: expect.closeTo(7, 2) });
  // Only an hour is written again.
  expect(await left("6 days 23 hours 30 minutes")).toMatchObject({ days: expect.closeTo(6.98, 2) });
  expect(await left("-1 second")).toMatchObject({ status: 401 });
  expect(await deleteExpiredSessions(pool)).toBe(1);
});

test("a wrong key is refused, counted and written into the audit log", async () => {
  const client = { "X-Forwarded-For": "198.51.100.7" };
  const wrong = await signIn("transpod_wrong", client);
  expect(wrong).toMatchObject({ status: 401, body: { code: "api_key_unknown" } });
  const [entry] = await listAudit(api.database.pool, 1);
  expect(entry).toMatchObject({ action: "createSession", result: "refused" });
  for (let i = 1; i < 20; i += 1) await signIn("transpod_wrong", client);
  expect(await signIn("transpod_wrong", client)).toMatchObject({ status: 429 });
});

test("without authentication there are no sessions", async () => {
  const open = await startTestApi();
  const { body } = await open.get<Session>("/session");
  expect(body).toMatchObject({ auth: "off", key: null });
  const answer = await open.request("/session", {
    method: "POST",
    headers: { ...ownPage, "Content-Type": "application/json" },
    body: JSON.stringify({ api_key: "transpod_any" }),
  });
  expect(answer).toMatchObject({ status: 409, body: { code: "auth_off" } });
  await open.stop();
});
