import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ UPLOAD_URL_TTL_SECONDS: "600" });
});
afterAll(() => api.stop());

const film = Buffer.from("film");

async function put(url: string, headers: Record<string, string> = {}, body = film) {
  return (await fetch(url, { method: "PUT", headers, body })).status;
}

test("a bare PUT works, as `curl -T` sends it, and works again", async () => {
  const { upload_url } = await api.announce();
  expect(await put(upload_url)).toBe(200);
  expect(await put(upload_url)).toBe(200);
});

test("a bare PUT may carry any content type, as a browser sends one", async () => {
  const { upload_url } = await api.announce();
  expect(await put(upload_url, { "Content-Type": "video/quicktime" })).toBe(200);
});

test("what was declared must be sent, and works once", async () => {
  const { upload_url, upload_headers } = await api.announce({
    size_bytes: film.length,
    content_type: "video/quicktime",
  });
  expect(upload_headers).toEqual({
    "Content-Length": "4",
    "Content-Type": "video/quicktime",
    "If-None-Match": "*",
  });
  expect(await put(upload_url, { ...upload_headers, "Content-Type": "video/mp4" })).toBe(403);
  expect(await put(upload_url, upload_headers)).toBe(200);
  expect(await put(upload_url, upload_headers)).toBe(412);
});

test("an upload of another size than the declared is refused", async () => {
  const { upload_url, upload_headers } = await api.announce({ size_bytes: film.length });
  const { "Content-Length": length, ...others } = upload_headers;
  expect(length).toBe("4");
  expect(await put(upload_url, others, Buffer.from("longer film"))).toBe(403);
  expect(await put(upload_url, others)).toBe(200);
});

test("a signed header can't be left out", async () => {
  const { upload_url, upload_headers } = await api.announce({ content_type: "video/mp4" });
  expect(upload_headers).toEqual({ "Content-Type": "video/mp4", "If-None-Match": "*" });
  expect(await put(upload_url, { "Content-Type": "video/mp4" })).toBe(403);
  expect(await put(upload_url, { "If-None-Match": "*" })).toBe(403);
  expect(await put(upload_url, upload_headers)).toBe(200);
});

test("the URL is for this key alone", async () => {
  const [one, other] = [await api.announce(), await api.announce()];
  expect(await put(one.upload_url.replace(one.file_id, other.file_id))).toBe(403);
});

test("the URL says when it expires and demands neither headers nor a checksum", async () => {
  const { upload_url, expires_at } = await api.announce();
  const query = new URL(upload_url).searchParams;
  expect(query.get("X-Amz-Expires")).toBe("600");
  expect(query.get("X-Amz-SignedHeaders")).toBe("host");
  expect([...query.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
  const left = Date.parse(expires_at) - Date.now();
  expect(left).toBeGreaterThan(590_000);
  expect(left).toBeLessThanOrEqual(600_000);
});

test("an expired URL is refused", async () => {
  const brief = await startTestApi({ UPLOAD_URL_TTL_SECONDS: "1" });
  try {
    const { upload_url } = await brief.announce();
    await vi.waitFor(async () => expect(await put(upload_url)).toBe(403), { timeout: 5_000 });
  } finally {
    await brief.stop();
  }
});
