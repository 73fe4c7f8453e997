import { randomUUID } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { parse as parseDisposition } from "content-disposition";
import { afterAll, beforeAll, expect, test } from "vitest";
import { arrive, objectOf, publish, reserve } from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { processedName } from "./routes/download-processed.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** PUTs to a file's URL; the version that S3 gave it. */
async function upload(url: string, content: string): Promise<string> {
  const response = await fetch(url, { method: "PUT", body: Buffer.from(content) });
  expect(response.status).toBe(200);
  const version = response.headers.get("x-amz-version-id");
  if (version === null) throw new Error("the bucket has no versions");
  return version;
}

/** A file whose upload has been accepted. */
async function pendingFile(file_name: string) {
  const file = await api.announce({ file_name });
  const version = await upload(file.upload_url, "first");
  const { rawBucket } = api.aws;
  const object = objectOf(file, { bucket: rawBucket, version_id: version });
  await arrive(api.database.pool, object, { messageId: "m1", rawBucket });
  return file;
}

async function download(path: string) {
  const { status, body } = await api.get<{ download_url: string }>(path);
  expect(status).toBe(200);
  return await fetch(body.download_url);
}

test("there is no original before the upload was accepted", async () => {
  const file = await api.announce();
  await upload(file.upload_url, "first");
  const { status, body } = await api.get(`/upload/${file.file_id}/download/original`);
  expect(status).toBe(404);
  expect(body).toMatchObject({
    code: "original_not_available",
    detail: "Original file not available. Current status: awaiting_upload",
  });
});

test("the original is the version that was accepted, whatever is PUT later", async () => {
  const file = await pendingFile("holiday.mov");
  await upload(file.upload_url, "second");
  const response = await download(`/upload/${file.file_id}/download/original`);
  expect(await response.text()).toBe("first");
});

test("an original is downloaded under the file's own name", async () => {
  const file = await pendingFile("größe.mov");
  const { body } = await api.get<{ download_url: string }>(
    `/upload/${file.file_id}/download/original`,
  );
  // Read from the URL: MiniStack ignores this parameter when a version is named, S3 does not.
  expect(new URL(body.download_url).searchParams.get("response-content-disposition")).toBe(
    `attachment; filename="gr??e.mov"; filename*=UTF-8''gr%C3%B6%C3%9Fe.mov`,
  );
});

test("there is no processed file before the end, and the sentence says where it is", async () => {
  const file = await pendingFile("holiday.mov");
  const path = `/upload/${file.file_id}/download/processed`;
  expect((await api.get(path)).body["detail"]).toBe(
    "Processed file not available. Current status: pending",
  );
  await reserve(api.database.pool);
  const { status, body } = await api.get(path);
  expect(status).toBe(404);
  expect(body).toMatchObject({
    code: "processed_not_available",
    detail: "Processed file not available. Current status: processing",
  });
});

test("the processed file is what was published, named after file and codec", async () => {
  const file = await pendingFile(`größe "🎬" 100%.MOV`);
  const { database, aws } = api;
  await reserve(database.pool);
  const key = `${file.file_id}/1-1.mov`;
  await aws.s3.send(new PutObjectCommand({ Bucket: aws.processedBucket, Key: key, Body: "hevc" }));
  await publish(database.pool, { fileId: file.file_id, attempt: 1 }, key);

  const response = await download(`/upload/${file.file_id}/download/processed`);
  expect(await response.text()).toBe("hevc");
  const disposition = response.headers.get("content-disposition") ?? "";
  expect(parseDisposition(disposition).parameters["filename"]).toBe(`größe "🎬" 100%.hevc.MOV`);
  expect(await api.status(file.file_id)).toMatchObject({
    processing_status: "completed",
    original_codec: "h264",
    target_codec: "hevc",
    processing_time: expect.any(Number),
    processed_size_bytes: 500,
    failure: null,
  });
});

test("processed names keep the stem and the extension", () => {
  expect(processedName("a.b.mp4", "h264")).toBe("a.b.h264.mp4");
  expect(processedName("..mp4", "hevc")).toBe("..hevc.mp4");
});

test.for(["status", "download/original", "download/processed"])(
  "%s of a file that nobody announced is not found",
  async (operation) => {
    const id = randomUUID();
    const { status, body } = await api.get(`/upload/${id}/${operation}`);
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: "file_not_found", detail: `File with ID ${id} not found.` });
  },
);

test.for(["1", "x'; drop table files; --", "%00", "null", "0b0f2c0e6f0b4e5e9a530a3f6f4f8a11"])(
  "the id %j is refused, because it can't be one",
  async (id) => {
    const { status, body } = await api.get(`/upload/${encodeURI(id)}/status`);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "invalid_file_id" });
  },
);
