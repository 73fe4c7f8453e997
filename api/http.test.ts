import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ CORS_ORIGINS: "https://video.example.com" });
});
afterAll(() => api.stop());

test.for([
  ["PUT", "/upload", "POST, GET, HEAD, OPTIONS"],
  ["DELETE", "/upload/1/status", "GET, HEAD, OPTIONS"],
  ["POST", "/upload/1/download/original", "GET, HEAD, OPTIONS"],
  ["POST", "/healthz", "GET, HEAD, OPTIONS"],
  ["POST", "/docs", "GET, HEAD, OPTIONS"],
] as const)("%s %s is not allowed; the answer says what is", async ([method, path, allow]) => {
  const { status, headers, body } = await api.request(path, { method });
  expect(status).toBe(405);
  expect(headers.get("allow")).toBe(allow);
  expect(body).toMatchObject({ code: "method_not_allowed" });
});

test("a body where none is wanted is not read", async () => {
  const { file_id } = await api.announce();
  const init = { headers: { "Content-Type": "application/json" }, body: "{" };
  const cancelled = await api.request(`/upload/${file_id}/cancel`, { method: "POST", ...init });
  expect(cancelled.status).toBe(200);
});

test("an unknown path is not found, and an impossible one is refused", async () => {
  expect(await api.get("/nowhere")).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect(await api.get("/upload/%E0%A4%A/status")).toMatchObject({ status: 400 });
});

test("answers carry the headers that keep a browser safe, and not who made them", async () => {
  const { headers } = await api.get("/upload");
  expect(headers.get("x-powered-by")).toBeNull();
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
});

test("only the web pages that were named may call from a browser", async () => {
  const from = (Origin: string) => ({ headers: { Origin } });
  const named = await api.get("/upload", from("https://video.example.com"));
  expect(named.headers.get("access-control-allow-origin")).toBe("https://video.example.com");
  const other = await api.get("/upload", from("https://evil.example.com"));
  expect(other.headers.get("access-control-allow-origin")).toBeNull();
});

test("without CORS_ORIGINS no web page may; with * every one", async () => {
  const [none, all] = [await startTestApi(), await startTestApi({ CORS_ORIGINS: "*" })];
  const init = { headers: { Origin: "https://video.example.com" } };
  try {
    const refused = await none.get("/upload", init);
    expect(refused.headers.get("access-control-allow-origin")).toBeNull();
    const allowed = await all.get("/upload", init);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("*");
  } finally {
    await Promise.all([none.stop(), all.stop()]);
  }
});

test("a preflight is answered", async () => {
  const { status, headers } = await api.request("/upload", {
    method: "OPTIONS",
    headers: {
      Origin: "https://video.example.com",
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "content-type",
    },
  });
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-methods")).toContain("POST");
  expect(headers.get("access-control-allow-headers")).toBe("content-type");
});

test("every request is one line in the log, under the id in its answer", async () => {
  const { file_id } = await api.announce();
  const { headers } = await api.get(`/upload/${file_id}/status?secret=1`, {
    headers: { "X-Request-Id": "from-the-proxy" },
  });
  expect(headers.get("x-request-id")).toBe("from-the-proxy");
  const line = await vi.waitFor(() => {
    const lines = api.logged().filter((l) => l["request_id"] === "from-the-proxy");
    expect(lines).toHaveLength(1);
    return lines[0];
  });
  expect(line).toMatchObject({
    event: "request",
    method: "GET",
    route: "/upload/:file_id/status",
    status: 200,
    ms: expect.any(Number),
  });
});

test("a request id that could forge a log line is replaced", async () => {
  const { headers } = await api.get("/upload", { headers: { "X-Request-Id": 'a"b c' } });
  expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("no signature is ever logged", async () => {
  const { upload_url } = await api.announce();
  const signature = new URL(upload_url).searchParams.get("X-Amz-Signature") ?? "";
  expect(signature).toHaveLength(64);
  expect(JSON.stringify(api.logged())).not.toContain(signature);
});

test("metrics count requests by route, not by path", async () => {
  await api.get("/upload/0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11/status");
  await api.get("/wp-login.php");
  const { headers, body } = await api.get<string>("/metrics");
  expect(headers.get("content-type")).toContain("text/plain");
  expect(body).toContain('method="GET",route="/upload/:file_id/status",status="404"');
  expect(body).toContain('route="unmatched",status="404"');
  expect(body).not.toContain("wp-login");
});

test("the API lives and is ready while its parts are there", async () => {
  expect(await api.get("/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
  expect(await api.get("/readyz")).toMatchObject({
    status: 200,
    body: {
      ready: true,
      checks: { postgres: "ok", raw_bucket: "ok", processed_bucket: "ok", queue: "ok" },
    },
  });
});

test("a bucket that is missing makes it not ready, and the answer names it", async () => {
  const lost = await startTestApi({ S3_PROCESSED_BUCKET: "no-such-bucket" });
  try {
    expect(await lost.get("/readyz")).toMatchObject({
      status: 503,
      body: { ready: false, checks: { postgres: "ok", processed_bucket: "failed" } },
    });
  } finally {
    await lost.stop();
  }
});

test("without Postgres the API lives, is not ready, and asks to be tried again", async () => {
  // Nothing listens there.
  const alone = await startTestApi({ DATABASE_URL: "postgres://transpod@127.0.0.1:1/transpod" });
  try {
    expect((await alone.get("/healthz")).status).toBe(200);
    expect(await alone.get("/readyz")).toMatchObject({
      status: 503,
      body: { checks: { postgres: "failed", raw_bucket: "ok" } },
    });
    for (const path of ["/upload", "/upload/0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11/status"]) {
      const { status, headers, body } = await alone.get(path);
      expect(status).toBe(503);
      expect(headers.get("retry-after")).toBe("5");
      expect(body).toMatchObject({ code: "temporarily_unavailable" });
    }
    expect((await alone.post("/upload", { file_name: "a.mp4" })).status).toBe(503);
  } finally {
    await alone.stop();
  }
});
