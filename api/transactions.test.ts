import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TransactionsResponse } from "@transpod/contract/transactions-api.ts";
import { retryFile } from "@transpod/store/attempts.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { announcedFile, claimedFile, publish, reserve } from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const attemptsOf = async (fileId: string) =>
  (await api.get<TransactionsResponse>(`/upload/${fileId}/transactions`)).body.transactions;

test("every attempt is told with its end, its times and its worker", async () => {
  const { pool } = api.database;
  const ref = await claimedFile(pool);
  const failure = {
    code: "interrupted",
    detail: "The platform removed the worker.",
    counted: false,
    phase_times: { download: 12 },
  } as const;
  await inTransaction(pool, (client) =>
    retryFile(client, ref, failure, { delaySeconds: 0, memoryScale: 2 }),
  );
  await reserve(pool);
  expect((await attemptsOf(ref.fileId))[1]).toMatchObject({
    attempt: 2,
    outcome: null,
    reserved_at: expect.any(String),
    claimed_at: null,
    ended_at: null,
  });
  await publish(pool, { fileId: ref.fileId, attempt: 2 }, `${ref.fileId}/2-1.mp4`);
  expect(await attemptsOf(ref.fileId)).toMatchObject([
    {
      attempt: 1,
      outcome: "failed",
      failure: { code: "interrupted", detail: "The platform removed the worker." },
      counted: false,
      worker: "worker",
      claims: 1,
      phase_times: { download: 12 },
      launched_at: expect.any(String),
      claimed_at: expect.any(String),
      ended_at: expect.any(String),
    },
    {
      attempt: 2,
      outcome: "completed",
      failure: null,
      counted: null,
      memory_scale: 2,
      original_codec: "h264",
      target_codec: "hevc",
      phase_times: { encode: 1234 },
    },
  ]);
});

test("a file that was only announced has no attempts, and an unknown one is not found", async () => {
  const { file_id } = await announcedFile(api.database.pool);
  expect(await attemptsOf(file_id)).toEqual([]);
  expect(await api.get(`/upload/${randomUUID()}/transactions`)).toMatchObject({
    status: 404,
    body: { code: "file_not_found" },
  });
});
