import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import type { FileStatus, Problem } from "@transpod/contract/public-api.ts";
import { failFile } from "@transpod/store/attempts.ts";
import { inTransaction } from "@transpod/store/database.ts";
import {
  announcedFile,
  claimedFile,
  pendingFile,
  publish,
  reserve,
} from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

test("a body of null is not the same as no body", async () => {
  const { fileId } = await pendingFile(api.database.pool);
  expect((await api.post(`/upload/${fileId}/retry`, null)).status).toBe(422);
});

const command = (name: string, { fileId }: Pick<AttemptRef, "fileId">) =>
  api.request<FileStatus>(`/upload/${fileId}/${name}`, { method: "POST" });

async function completedFile(): Promise<AttemptRef> {
  const ref = await pendingFile(api.database.pool);
  await reserve(api.database.pool);
  await publish(api.database.pool, ref, `${ref.fileId}/1-1.mp4`);
  return ref;
}

async function failedFile(): Promise<LeaseRef> {
  const ref = await claimedFile(api.database.pool);
  const failure = { code: "not_a_video", detail: "No.", counted: true } as const;
  await inTransaction(api.database.pool, (client) => failFile(client, ref, failure));
  return ref;
}

test("a file is cancelled while it waits or runs; once more changes nothing", async () => {
  const { pool } = api.database;
  const announced = { fileId: (await announcedFile(pool)).file_id };
  for (const file of [announced, await pendingFile(pool), await claimedFile(pool)]) {
    const first = await command("cancel", file);
    expect(first).toMatchObject({
      status: 200,
      body: { file_id: file.fileId, processing_status: "cancelled", failure: null, progress: null },
    });
    const second = await command("cancel", file);
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect(await api.status(file.fileId)).toEqual(first.body);
  }
});

test("a file that has ended is not cancelled, and the answer says what can be done", async () => {
  expect(await command("cancel", await completedFile())).toMatchObject({
    status: 409,
    body: { code: "file_completed", detail: expect.stringContaining("Delete it") },
  });
  expect(await command("cancel", await failedFile())).toMatchObject({
    status: 409,
    body: { code: "file_failed", detail: expect.stringContaining("Retry it") },
  });
});

test("a failed or cancelled file is queued again, once however often it is asked for", async () => {
  const failed = await failedFile();
  const answers = await Promise.all(Array.from({ length: 20 }, () => command("retry", failed)));
  for (const answer of answers) {
    expect(answer).toMatchObject({
      status: 200,
      body: { processing_status: "pending", attempt: 2, failure: null },
    });
  }
  await command("cancel", failed);
  expect((await command("retry", failed)).body).toMatchObject({
    processing_status: "pending",
    attempt: 3,
    queue_position: expect.any(Number),
  });
});

test("a retry may have other settings, and keeps them as they were without", async () => {
  const failed = await failedFile();
  const settings = { if_larger: "keep", quality: "smaller" };
  const retried = await api.post<FileStatus>(`/upload/${failed.fileId}/retry`, { settings });
  expect(retried).toMatchObject({ status: 200, body: { processing_status: "pending", settings } });
  await command("cancel", failed);
  expect((await command("retry", failed)).body).toMatchObject({ attempt: 3, settings });
  const wrong = await api.post<Problem>(`/upload/${failed.fileId}/retry`, {
    settings: { crf: 99 },
  });
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ path: "settings.crf" }] } });
});

test("what can't be retried says why, and what to do", async () => {
  expect(await command("retry", await completedFile())).toMatchObject({
    status: 409,
    body: { code: "file_completed", detail: expect.stringContaining("Announce it again") },
  });
  const announced = { fileId: (await announcedFile(api.database.pool)).file_id };
  expect(await command("retry", announced)).toMatchObject({
    status: 409,
    body: { code: "not_uploaded", detail: expect.stringContaining("PUT the file") },
  });
  await command("cancel", announced);
  expect(await command("retry", announced)).toMatchObject({
    status: 409,
    body: { code: "not_uploaded", detail: expect.stringContaining("Announce it again") },
  });
});

const prioritize = (fileId: string, body: unknown) =>
  api.request<FileStatus>(`/upload/${fileId}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

test("a priority moves a waiting file in the queue; saying it again changes nothing", async () => {
  await reserve(api.database.pool);
  const [first, second] = [
    await pendingFile(api.database.pool),
    await pendingFile(api.database.pool),
  ];
  expect(await api.status(second.fileId)).toMatchObject({ priority: 0, queue_position: 2 });
  for (let times = 0; times < 2; times += 1) {
    expect(await prioritize(second.fileId, { priority: 5 })).toMatchObject({
      status: 200,
      body: { priority: 5, queue_position: 1, processing_status: "pending" },
    });
  }
  expect(await api.status(first.fileId)).toMatchObject({ queue_position: 2 });
  expect((await reserve(api.database.pool)).map((ref) => ref.fileId)).toContain(second.fileId);
  expect(await prioritize(second.fileId, { priority: -1 })).toMatchObject({
    status: 200,
    body: { priority: -1, queue_position: null, processing_status: "processing" },
  });
});

test.for([
  [{}, "priority"],
  [{ priority: 101 }, "priority"],
  [{ priority: 0.5 }, "priority"],
  [{ priority: "high" }, "priority"],
  [{ priority: 1, state: "completed" }, "state"],
] as const)("the change %j is refused", async ([body, named]) => {
  const { fileId } = await pendingFile(api.database.pool);
  const answer = await prioritize(fileId, body);
  expect(answer).toMatchObject({ status: 422, body: { code: "invalid_request" } });
  expect(JSON.stringify(answer.body)).toContain(named);
  expect(await api.status(fileId)).toMatchObject({ priority: 0 });
});

test("the priority of an unknown or deleted file can't be set", async () => {
  expect(await prioritize(randomUUID(), { priority: 1 })).toMatchObject({
    status: 404,
    body: { code: "file_not_found" },
  });
});

test("a file is deleted in any state, and is not found from then on; once more changes nothing", async () => {
  const { pool } = api.database;
  const announced = { fileId: (await announcedFile(pool)).file_id };
  const others = [await claimedFile(pool), await completedFile(), await failedFile()];
  for (const { fileId } of [announced, ...others]) {
    for (let times = 0; times < 2; times += 1) {
      const answer = await api.request<string>(`/upload/${fileId}`, { method: "DELETE" });
      expect([answer.status, answer.body]).toEqual([204, ""]);
    }
    for (const operation of ["status", "download/original", "download/processed"]) {
      expect(await api.get(`/upload/${fileId}/${operation}`)).toMatchObject({
        status: 404,
        body: { code: "file_deleted", detail: `File with ID ${fileId} was deleted.` },
      });
    }
    for (const name of ["cancel", "retry"]) {
      expect(await command(name, { fileId })).toMatchObject({ body: { code: "file_deleted" } });
    }
  }
  const { body } = await api.get<{ files: FileStatus[] }>("/upload");
  expect(body.files.map((file) => file.file_id)).not.toContain(announced.fileId);
});

test("a file that nobody announced can't be deleted", async () => {
  const unknown = await api.request(`/upload/${randomUUID()}`, { method: "DELETE" });
  expect(unknown).toMatchObject({ status: 404, body: { code: "file_not_found" } });
});

test.for(["cancel", "retry"])("%s of a file that nobody announced is not found", async (name) => {
  const unknown = await command(name, { fileId: randomUUID() });
  expect(unknown).toMatchObject({ status: 404, body: { code: "file_not_found" } });
  const impossible = await command(name, { fileId: "1" });
  expect(impossible).toMatchObject({ status: 422, body: { code: "invalid_file_id" } });
});

test("commands are counted and logged by what came of them", async () => {
  const file = await pendingFile(api.database.pool);
  await command("cancel", file);
  await command("cancel", file);
  const { body } = await api.get<string>("/metrics");
  expect(body).toMatch(/^transpod_commands_total{command="cancel",result="done"} [1-9]/m);
  expect(body).toMatch(/^transpod_commands_total{command="cancel",result="unchanged"} [1-9]/m);
  const lines = api
    .logged()
    .filter((line) => line["event"] === "command" && line["file_id"] === file.fileId);
  expect(lines.map((line) => line["result"])).toEqual(["done", "unchanged"]);
});
