import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

/** What the API takes is what its document calls valid, no more and no less. */

const gibibyte = 1024 ** 3;
let api: TestApi;
let ajv: Ajv2020;
beforeAll(async () => {
  api = await startTestApi({ MAX_UPLOAD_BYTES: `${20 * gibibyte}`, WEBHOOK_ALLOW_PRIVATE: "on" });
  ajv = new Ajv2020({ strict: false });
  ajv.addSchema((await api.get("/openapi.json")).body, "api");
});
afterAll(() => api.stop());

const clip = "a.mp4";
const named = (file_name: string) => ({ file_name });

test.for([
  [named(clip), true],
  [named("猫 .MOV"), true],
  [named("..mp4"), true],
  [named(`${"🎬".repeat(251)}.mp4`), true],
  [named(`${"🎬".repeat(252)}.mp4`), false],
  [named(".mp4"), false],
  [named("a.mp4\n"), false],
  [named("a\u009f.mp4"), false],
  [named("a/b.mp4"), false],
  [named("a\\b.mp4"), false],
  [named("a.mp5"), false],
  [{ file_name: clip, size_bytes: 5 * gibibyte }, true],
  [{ file_name: clip, size_bytes: 5 * gibibyte + 1 }, false],
  [{ file_name: clip, size_bytes: 5 * gibibyte + 1, multipart: false }, false],
  [{ file_name: clip, size_bytes: 5 * gibibyte + 1, multipart: true }, true],
  [{ file_name: clip, size_bytes: 20 * gibibyte, multipart: true }, true],
  [{ file_name: clip, size_bytes: 20 * gibibyte + 1, multipart: true }, false],
  [{ file_name: clip, multipart: true }, false],
] as const)("POST /upload of %j is valid: %s", async ([body, valid]) => {
  expect(described("UploadRequest", body)).toBe(valid);
  expect((await api.post("/upload", body)).status).toBe(valid ? 200 : 422);
});

test.for([
  ["https://example.com", true],
  ["http://localhost:3000/hooks?a=b#c", true],
  ["http://receiver_1.svc.cluster.local./", true],
  ["https://xn--bcher-kva.example/\u00e9", true],
  ["http://10.0.0.255:65535/", true],
  ["http://[::1]:8080/", true],
  ["http://[2001:db8::ff]?x", true],
  [`http://a/${"🎬".repeat(2039)}`, true],
  [`http://a/${"🎬".repeat(2040)}`, false],
  ["http://a/\0", false],
  ["http://a/ b", false],
  ["http:a", false],
  ["http:\\\\a", false],
  ["ftp://a/", false],
  ["http://", false],
  ["http://a:65536/", false],
  ["http://1.2.3.256/", false],
  ["http://1.2.3.4.5/", false],
  ["http://0x7f.1/", false],
  ["http://a..b/", false],
  ["http://[::1/", false],
  ["http://[1::2::3]/", false],
  ["http://b%75cher.example/", false],
  ["http://me@a/", false],
  ["http://me:word@a/", false],
] as const)("POST /webhooks of the URL %j is valid: %s", async ([url, valid]) => {
  await api.database.pool.query("delete from webhooks");
  expect(described("WebhookRequest", { url })).toBe(valid);
  expect((await api.post("/webhooks", { url })).status).toBe(valid ? 201 : 422);
});

test.for([
  ["0".repeat(32), true],
  ["f".repeat(46), true],
  ["f".repeat(45), false],
  ["f".repeat(30), false],
  ["g".repeat(46), false],
  ["", false],
] as const)("GET /upload from the cursor %s on is valid: %s", async ([cursor, valid]) => {
  expect(describedCursor("/upload", cursor)).toBe(valid);
  expect((await api.get(`/upload?cursor=${cursor}`)).status).toBe(valid ? 200 : 422);
});

test.for([
  ["0", true],
  ["9".repeat(15), true],
  ["9".repeat(16), false],
  ["-1", false],
  ["٣", false],
] as const)("GET deliveries from the cursor %s on is valid: %s", async ([cursor, valid]) => {
  await api.database.pool.query("delete from webhooks");
  const { body } = await api.post("/webhooks", { url: "http://localhost/" });
  const path = `/webhooks/${String(body["webhook_id"])}/deliveries`;
  expect(describedCursor("/webhooks/{webhook_id}/deliveries", cursor)).toBe(valid);
  const { status } = await api.get(`${path}?cursor=${encodeURIComponent(cursor)}`);
  expect(status).toBe(valid ? 200 : 422);
});

function described(schema: string, body: unknown): boolean {
  return ajv.validate({ $ref: `api#/components/schemas/${schema}` }, body);
}

function describedCursor(path: string, cursor: string): boolean {
  const pointer = encodeURI(`paths/${path.replaceAll("/", "~1")}/get/parameters`);
  const parameters = ajv.getSchema(`api#/${pointer}`)?.schema as { name: string; schema: object }[];
  return ajv.validate(parameters.find(({ name }) => name === "cursor")!.schema, cursor);
}
