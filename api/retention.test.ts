import { afterAll, beforeAll, expect, test } from "vitest";
import type { Explanation } from "@transpod/contract/explain-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { expireOriginals, expireResults } from "@transpod/store/retention.ts";
import { pendingFile, publish, reserve } from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
let byDefault: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  byDefault = await startTestApi({ DELETE_ORIGINALS: "on" }, api);
});
afterAll(async () => {
  await byDefault.stop();
  await api.stop();
});

async function completedFile(): Promise<string> {
  const ref = await pendingFile(api.database.pool);
  await reserve(api.database.pool);
  await publish(api.database.pool, ref, `${ref.fileId}/1-1.mp4`);
  return ref.fileId;
}

const told = async (fileId: string) => {
  const { body } = await api.get<Explanation>(`/upload/${fileId}/explain`);
  return [body.entries.at(-1)!.text, body.next.text];
};

test("a client says whether its original is deleted, else the installation does", async () => {
  const wish = async (server: TestApi, fields: object) => {
    const { file_id } = await server.announce({ ...fields });
    return (await server.status(file_id)).delete_original;
  };
  expect(await wish(api, {})).toBe(false);
  expect(await wish(api, { delete_original: true })).toBe(true);
  expect(await wish(byDefault, {})).toBe(true);
  expect(await wish(byDefault, { delete_original: false })).toBe(false);
});

test("an original that is no longer kept is not downloaded, its result is", async () => {
  const fileId = await completedFile();
  await expireOriginals(api.database.pool, 0, 10);
  expect(await api.get(`/upload/${fileId}/download/original`)).toMatchObject({
    status: 410,
    body: {
      code: "original_deleted",
      detail: "The original is no longer kept. The result can still be downloaded.",
    },
  });
  expect((await api.get(`/upload/${fileId}/download/processed`)).status).toBe(200);
  expect(await told(fileId)).toEqual([
    "The original was deleted, because originals are kept no longer.",
    "Nothing. The result can be downloaded.",
  ]);
});

test("a file without its original is not retried", async () => {
  const { fileId } = await pendingFile(api.database.pool);
  await cancelFile(api.database.pool, fileId);
  await expireOriginals(api.database.pool, 0, 10);
  const { status, body } = await api.post(`/upload/${fileId}/retry`, {});
  expect([status, body["code"]]).toEqual([409, "original_deleted"]);
  expect((await told(fileId))[1]).toBe(
    "Nothing by itself. The original is no longer kept: create a new upload.",
  );
});

test("a result that is no longer kept is not downloaded, nor are its stills", async () => {
  const fileId = await completedFile();
  const stills = JSON.stringify([{ time_seconds: 0, width: 16, height: 9 }]);
  await api.database.pool.query(`update transactions set stills = $1 where file_id = $2`, [
    stills,
    fileId,
  ]);
  expect((await api.get<FileStatus>(`/upload/${fileId}`)).body.stills).toBe(1);
  await expireResults(api.database.pool, 0, 10);
  const { status, body } = await api.get(`/upload/${fileId}/download/processed`);
  expect([status, body["code"]]).toEqual([410, "result_deleted"]);
  expect((await api.get(`/upload/${fileId}/stills`)).body["stills"]).toEqual([]);
  expect((await api.get<FileStatus>(`/upload/${fileId}`)).body).toMatchObject({
    ...{ processing_status: "completed", stills: 0, result_deleted_at: expect.any(String) },
  });
  expect(await told(fileId)).toEqual([
    "The result was deleted, because results are kept no longer.",
    "Nothing. The result is no longer kept.",
  ]);
});
