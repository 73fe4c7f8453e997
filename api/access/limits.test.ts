import { expect, onTestFinished, test } from "vitest";
import { cancelFile } from "@transpod/store/cancel.ts";
import { announcedFile } from "@transpod/store/testing.ts";
import { insertTestKey } from "@transpod/test/api-key.ts";
import { startTestApi } from "@transpod/test/test-api.ts";

async function startApi(environment: Record<string, string>) {
  const api = await startTestApi({ TRUST_PROXY: "1", ...environment });
  onTestFinished(() => api.stop());
  return api;
}

test("each key has so many requests a minute; then it is told when to come back", async () => {
  const api = await startApi({ AUTH: "on", RATE_LIMIT_PER_MINUTE: "3" });
  const list = async (key: string) =>
    await api.get("/upload", { headers: { Authorization: `Bearer ${key}` } });
  const { pool } = api.database;
  const [one, other] = [await insertTestKey(pool, "read"), await insertTestKey(pool, "read")];
  for (let count = 0; count < 3; count += 1) expect((await list(one)).status).toBe(200);
  const { status, headers, body } = await list(one);
  expect([status, body["code"]]).toEqual([429, "too_many_requests"]);
  expect(body["detail"]).toContain("At most 3 requests a minute");
  const seconds = Number(headers.get("retry-after"));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect((await list(other)).status).toBe(200);
  for (const path of ["/healthz", "/metrics", "/docs"]) {
    expect((await api.get(path)).status).toBe(200);
  }
});

test("without keys each address has them, and a stream of events is one request", async () => {
  const api = await startApi({ RATE_LIMIT_PER_MINUTE: "2" });
  const { pool } = api.database;
  const { file_id } = await announcedFile(pool);
  const headers = { "X-Forwarded-For": "192.0.2.1" };
  const stream = await fetch(`${api.url}/upload/${file_id}/events`, { headers });
  await pool.query("update files set priority = 3 where file_id = $1", [file_id]);
  await cancelFile(pool, file_id);
  const events = (await stream.text()).match(/^event: /gm);
  expect(events?.length).toBeGreaterThan(1);
  expect((await api.get("/upload", { headers })).status).toBe(200);
  expect((await api.get("/upload", { headers })).status).toBe(429);
  const other = { "X-Forwarded-For": "192.0.2.2" };
  expect((await api.get("/upload", { headers: other })).status).toBe(200);
});

test("the addresses of one IPv6 network are counted together", async () => {
  const api = await startApi({ RATE_LIMIT_PER_MINUTE: "1" });
  const from = (address: string) => ({ headers: { "X-Forwarded-For": address } });
  expect((await api.get("/upload", from("2001:db8::1"))).status).toBe(200);
  expect((await api.get("/upload", from("2001:db8::2"))).status).toBe(429);
  expect((await api.get("/upload", from("2001:db8:1::1"))).status).toBe(200);
});
