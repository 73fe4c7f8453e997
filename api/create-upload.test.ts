import { afterAll, beforeAll, expect, test } from "vitest";
import type { FileStatus, Problem } from "@transpod/contract/public-api.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ MAX_UPLOAD_BYTES: "1000" });
});
afterAll(() => api.stop());

test("an announced file waits for its upload", async () => {
  const upload = await api.announce({ file_name: "holiday.MOV", priority: 7 });
  expect(upload.s3_key).toBe(`holiday-${upload.file_id}.mov`);
  expect(upload.upload_headers).toEqual({});
  expect(await api.status(upload.file_id)).toMatchObject({
    file_id: upload.file_id,
    file_name: "holiday.MOV",
    processing_status: "awaiting_upload",
    original_codec: null,
    target_codec: null,
    processing_time: null,
    priority: 7,
    attempt: 0,
  });
});

test("what a client chooses is kept, and what it leaves open has a default", async () => {
  const settings = { quality: "smaller", crf: 30, location: "remove" };
  const { file_id } = await api.announce({ file_name: "holiday.mov", settings });
  const shown = { ...settings, if_larger: "keep", on_damage: "fail", workers: "auto" };
  expect((await api.status(file_id)).settings).toEqual(shown);
  const { body } = await api.request<FileStatus>(`/upload/${file_id}`);
  expect(body.settings, "under the file's own address too").toEqual(shown);
});

test("a number of workers is kept", async () => {
  const { file_id } = await api.announce({ file_name: "holiday.mov", settings: { workers: 3 } });
  expect((await api.status(file_id)).settings).toMatchObject({ workers: 3 });
});

test.for([
  [{ quality: "best" }, "settings.quality"],
  [{ crf: 0 }, "settings.crf"],
  [{ preset: "placebo" }, "settings.preset"],
  [{ if_larger: "maybe" }, "settings.if_larger"],
  [{ workers: 0 }, "settings.workers"],
  [{ workers: "many" }, "settings.workers"],
  [{ crop: "1:1" }, "settings"],
] as const)("the settings %j are refused", async ([settings, path]) => {
  const { status, body } = await api.post<Problem>("/upload", { file_name: "a.mp4", settings });
  expect(status).toBe(422);
  expect(body.errors?.map((error) => error.path)).toEqual([path]);
});

test.for([
  "größe 100% + mehr.mp4",
  "звёзды и 猫.mov",
  "🎬🏳️‍🌈.mp4",
  "e\u0301te\u0301.mov",
  `it's "quoted" <b>&amp;.mp4`,
  "..mp4",
  ".hidden.mov",
  " leading and double  space.mp4",
  "two.mp4.mov",
  "\u202Etxt.mp4",
  `${"x".repeat(251)}.mp4`,
  `${"🎬".repeat(251)}.mp4`,
])("the name %j is kept as it is", async (file_name) => {
  const upload = await api.announce({ file_name });
  expect(await api.status(upload.file_id)).toMatchObject({ file_name });
  const put = await fetch(upload.upload_url, { method: "PUT", body: Buffer.from("film") });
  expect(put.status).toBe(200);
});

test.for([
  ["", "empty"],
  [".mp4", ".mp4 and .mov"],
  ["film.avi", ".mp4 and .mov"],
  ["film", ".mp4 and .mov"],
  ["film.mp4 ", ".mp4 and .mov"],
  ["film.mp4\n", "control characters"],
  ["fi\0lm.mp4", "control characters"],
  ["\ud800.mp4", "Unicode"],
  ["../film.mp4", "folders"],
  ["C:\\film.mp4", "folders"],
  [`${"x".repeat(296)}.mp4`, "255 characters"],
  [`${"猫".repeat(252)}.mp4`, "255 characters"],
])("the name %j is refused", async ([file_name, why]) => {
  const { status, body } = await api.post<Problem>("/upload", { file_name });
  expect(status).toBe(422);
  expect(body.code).toBe("invalid_request");
  expect(body.detail).toContain(why);
  expect(body.errors?.every((error) => error.path === "file_name")).toBe(true);
});

test.for([
  [{}, "file_name"],
  [{ file_name: 7 }, "file_name"],
  [{ file_name: "a.mp4", size_bytes: 0 }, "size_bytes"],
  [{ file_name: "a.mp4", size_bytes: 1.5 }, "size_bytes"],
  [{ file_name: "a.mp4", size_bytes: "4" }, "size_bytes"],
  [{ file_name: "a.mp4", content_type: "text/html" }, "content_type"],
  [{ file_name: "a.mp4", priority: 101 }, "priority"],
  [{ file_name: "a.mp4", surprise: true }, "surprise"],
  ["a.mp4", ""],
  [null, "type object"],
  [[], ""],
] as const)("the body %j is refused with the field that is wrong", async ([body, field]) => {
  const answer = await api.post("/upload", body);
  expect(answer.status).toBe(422);
  expect(answer.body).toMatchObject({ code: "invalid_request", detail: expect.any(String) });
  expect(answer.body["detail"]).toContain(field);
});

test("a size over the limit is refused before anything is uploaded", async () => {
  const { status, body } = await api.post("/upload", { file_name: "a.mp4", size_bytes: 1001 });
  expect(status).toBe(422);
  expect(body).toMatchObject({
    code: "file_too_large",
    detail: "The file is too large: 1001 bytes, but at most 1000 are accepted.",
  });
});

test("malformed JSON is told apart from wrong fields", async () => {
  const headers = { "Content-Type": "application/json" };
  const { status, body } = await api.request("/upload", { method: "POST", headers, body: "{" });
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: "malformed_json" });
});

test("a body of 10 MB is refused", async () => {
  const { status, body } = await api.post("/upload", { file_name: "x".repeat(10_000_000) });
  expect(status).toBe(413);
  expect(body).toMatchObject({ code: "body_too_large" });
});

test("another content type than JSON is refused with the one to send", async () => {
  const form = new URLSearchParams({ file_name: "a.mp4" });
  const { status, body } = await api.request("/upload", { method: "POST", body: form });
  expect(status).toBe(415);
  expect(body["detail"]).toContain("application/json");
});

test("no body at all is refused with the field that is missing", async () => {
  const { status, body } = await api.request("/upload", { method: "POST" });
  expect(status).toBe(422);
  expect(body["detail"]).toContain("file_name");
});
