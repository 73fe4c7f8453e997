import { GetObjectCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { UploadPartsResponse } from "@transpod/contract/multipart-api.ts";
import type { UploadResponse } from "@transpod/contract/public-api.ts";
import { getUpload } from "@transpod/store/uploads.ts";
import { announcedFile } from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { beginParts, findUpload, storedOf, twoParts } from "@transpod/test/uploading.ts";

vi.setConfig({ testTimeout: 120_000 });

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ MAX_UPLOAD_BYTES: String(6 * 1024 ** 3) });
});
afterAll(() => api.stop());

const begun = (film = twoParts, fields = {}) => beginParts(api, film, fields);
type Begun = Awaited<ReturnType<typeof begun>>;
const uploadInS3 = ({ key }: Begun) => findUpload(api.aws, key);

test("a file goes up in parts, in any order, and has arrived when it is completed", async () => {
  const file = await begun(twoParts, { content_type: "video/quicktime" });
  expect(file.upload).toEqual({
    file_id: file.fileId,
    size_bytes: twoParts.length,
    part_size_bytes: 16 * 1024 ** 2,
    part_count: 2,
    parts: [],
  });
  expect(await file.send(2, 1)).toEqual([200, 200]);
  expect(await file.complete()).toMatchObject({
    status: 200,
    body: { processing_status: "uploaded", size_bytes: twoParts.length },
  });
  const { s3, rawBucket: Bucket } = api.aws;
  const object = await s3.send(new GetObjectCommand({ Bucket, Key: file.key }));
  expect(object.ContentType).toBe("video/quicktime");
  const bytes = await object.Body?.transformToByteArray();
  expect(twoParts.equals(bytes ?? Buffer.of())).toBe(true);
});

test("a file of more than 5 GiB must come in parts, and then needs no URL of its own", async () => {
  const size_bytes = 5 * 1024 ** 3 + 1;
  const refused = await api.post("/upload", { file_name: "long.mp4", size_bytes });
  expect(refused).toMatchObject({ status: 422, body: { code: "multipart_needed" } });
  const announcement = { file_name: "long.mp4", size_bytes, multipart: true };
  const { body } = await api.post<UploadResponse>("/upload", announcement);
  expect(body).toMatchObject({ upload_url: null, upload_headers: {} });
  expect(await api.request(`/upload/${body.file_id}/multipart`, { method: "POST" })).toMatchObject({
    status: 200,
    body: { part_count: 321, part_size_bytes: 16 * 1024 ** 2 },
  });
  const tooLarge = { ...announcement, size_bytes: 6 * 1024 ** 3 + 1 };
  expect(await api.post("/upload", tooLarge)).toMatchObject({ body: { code: "file_too_large" } });
});

test("parts need the size, whether it is asked for at once or later", async () => {
  expect(await api.post("/upload", { file_name: "a.mp4", multipart: true })).toMatchObject({
    status: 422,
    body: {
      errors: [{ path: "size_bytes", message: "An upload in parts needs the file's size." }],
    },
  });
  const { file_id } = await api.announce();
  expect(await api.request(`/upload/${file_id}/multipart`, { method: "POST" })).toMatchObject({
    status: 409,
    body: { code: "size_not_declared", detail: expect.stringContaining("Announce it again") },
  });
});

test("twenty clients that begin at once go on with one upload", async () => {
  const file = await begun();
  await (await uploadInS3(file)).abort();
  const answers = await Promise.all(Array.from({ length: 20 }, file.begin));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(await storedOf(api.aws, file.key)).toEqual({ versions: 0, uploads: 1 });
});

test("a part of another size is refused: declared is one byte, sent are two", async () => {
  const file = await begun();
  const { body } = await file.sign([2]);
  const [part] = body.parts as [UploadPartsResponse["parts"][number]];
  expect(part.upload_headers).toEqual({ "Content-Length": "1" });
  const put = async (bytes: string) =>
    (await fetch(part.upload_url, { method: "PUT", body: bytes })).status;
  expect(await put("12")).toBe(403);
  expect(await put("")).toBe(403);
  expect(await put("1")).toBe(200);
});

test("a URL is for its part alone, and there are none for parts that the file does not have", async () => {
  const file = await begun();
  const { body } = await file.sign([2]);
  const other = body.parts[0]!.upload_url.replace("partNumber=2", "partNumber=1");
  expect((await fetch(other, { method: "PUT", body: "1" })).status).toBe(403);
  expect(await file.sign([2, 3])).toMatchObject({
    status: 409,
    body: { code: "no_such_part", detail: "There is no part 3: the file has 2 parts." },
  });
  expect(await file.sign([])).toMatchObject({ status: 422, body: { code: "invalid_request" } });
});

test("a client that lost its memory sees what is there, sends the rest and completes", async () => {
  const file = await begun();
  expect(await file.send(1)).toEqual([200]);
  const part = { part_number: 1, size_bytes: 16 * 1024 ** 2, etag: expect.any(String) };
  for (const answer of [await file.look(), await file.begin()]) {
    expect(answer).toMatchObject({ status: 200, body: { ...file.upload, parts: [part] } });
  }
  expect(await file.complete()).toMatchObject({
    status: 409,
    body: {
      code: "parts_missing",
      detail: expect.stringContaining("1 of 2 parts are missing: 2."),
    },
  });
  await file.send(2);
  expect(await file.complete()).toMatchObject({ status: 200 });
});

test("more parts than S3 lists at once are seen", async () => {
  const file = await begun();
  const { target } = await uploadInS3(file);
  const numbers = Array.from({ length: 1_001 }, (_, i) => i + 1);
  const waiting = [...numbers];
  const sendOnes = async () => {
    for (let PartNumber = waiting.pop(); PartNumber !== undefined; PartNumber = waiting.pop()) {
      await api.aws.s3.send(new UploadPartCommand({ ...target, PartNumber, Body: "x" }));
    }
  };
  await Promise.all(Array.from({ length: 10 }, sendOnes));
  const { body } = await file.look();
  expect(body.parts.map((part) => part.part_number)).toEqual(numbers);
});

test("completing again and again, at once and later, makes one object and one answer", async () => {
  const file = await begun();
  await file.send(1, 2);
  const answers = await Promise.all(Array.from({ length: 5 }, file.complete));
  answers.push(await file.complete());
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 200, body: { processing_status: "uploaded" } });
  }
  expect(await storedOf(api.aws, file.key)).toEqual({ versions: 1, uploads: 0 });
});

test("what was joined by a request that died before it could say so is found by whoever asks next", async () => {
  const answers = { complete: 200, look: 409, begin: 409 } as const;
  for (const ask of ["complete", "look", "begin"] as const) {
    const file = await begun();
    await file.send(1, 2);
    await (await uploadInS3(file)).complete();
    expect(await api.status(file.fileId)).toMatchObject({ processing_status: "awaiting_upload" });
    expect((await file[ask]()).status).toBe(answers[ask]);
    expect(await api.status(file.fileId)).toMatchObject({ processing_status: "uploaded" });
    expect(await storedOf(api.aws, file.key)).toEqual({ versions: 1, uploads: 0 });
  }
});

test("an upload that S3 has thrown away is begun anew", async () => {
  const file = await begun();
  await file.send(1);
  await (await uploadInS3(file)).abort();
  for (const answer of [await file.look(), await file.complete()]) {
    expect(answer).toMatchObject({ status: 404, body: { code: "multipart_not_found" } });
  }
  expect(await file.begin()).toMatchObject({ status: 200, body: { parts: [] } });
  expect(await file.send(1, 2)).toEqual([200, 200]);
  expect(await file.complete()).toMatchObject({ status: 200 });
});

test("an upload is aborted as often as one likes, and can be begun anew", async () => {
  const file = await begun();
  await file.send(1);
  for (let times = 0; times < 2; times += 1) expect((await file.abort()).status).toBe(204);
  expect(await storedOf(api.aws, file.key)).toEqual({ versions: 0, uploads: 0 });
  for (const answer of [await file.look(), await file.sign([1]), await file.complete()]) {
    expect(answer).toMatchObject({ status: 404, body: { code: "multipart_not_found" } });
  }
  expect(await file.begin()).toMatchObject({ status: 200, body: { parts: [] } });
});

const asks = ["begin", "look", "sign", "abort", "complete"] as const;
const ask = (file: Begun, what: (typeof asks)[number]) =>
  what === "sign" ? file.sign([1]) : file[what]();

test.for(asks)(
  "%s is refused for a file that was cancelled, deleted or has expired",
  async (what) => {
    const [cancelled, deleted, expired] = [await begun(), await begun(), await begun()];
    await api.request(`${cancelled.path}/cancel`, { method: "POST" });
    expect(await ask(cancelled, what)).toMatchObject({
      status: 409,
      body: { code: "file_cancelled", detail: expect.stringContaining("Announce it again") },
    });
    await api.request(deleted.path, { method: "DELETE" });
    expect(await ask(deleted, what)).toMatchObject({ status: 404, body: { code: "file_deleted" } });
    await api.database.pool.query(
      "update files set state = 'failed', failure_code = 'upload_expired' where file_id = $1",
      [expired.fileId],
    );
    expect(await ask(expired, what)).toMatchObject({
      status: 409,
      body: { code: "upload_expired", detail: expect.stringContaining("Announce the file again") },
    });
  },
);

test("once the file has arrived nothing but completing it again is answered", async () => {
  const file = await begun();
  await file.send(1, 2);
  await file.complete();
  for (const what of ["begin", "look", "sign", "abort"] as const) {
    expect(await ask(file, what)).toMatchObject({
      status: 409,
      body: { code: "already_uploaded" },
    });
  }
});

test("every URL that is asked for prolongs the file's time; looking does not", async () => {
  const { pool } = api.database;
  const { file_id } = await announcedFile(pool, { declared_size_bytes: 1 });
  const upload = `/upload/${file_id}`;
  const until = async () => (await getUpload(pool, file_id))!.upload_until.getTime();
  const soon = async () => {
    await pool.query("update files set upload_until = now() + interval '1 s' where file_id = $1", [
      file_id,
    ]);
    return await until();
  };
  const asWeek = (time: number) => Math.round((time - Date.now()) / 3_600_000) / 24;
  const prolonging = ["multipart", "multipart/parts", "url"];
  for (const operation of prolonging) {
    await soon();
    await api.post(`${upload}/${operation}`, { part_numbers: [1] });
    expect([operation, asWeek(await until())]).toEqual([operation, 7]);
  }
  const before = await soon();
  expect((await api.get(`${upload}/multipart`)).status).toBe(200);
  expect(await until()).toBe(before);
});
