import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TransactionsResponse } from "@transpod/contract/transactions-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { retryFile } from "@transpod/store/attempts.ts";
import { leaseChunk, updateCutProgress } from "@transpod/store/chunk-leases.ts";
import { completeChunk } from "@transpod/store/chunks.ts";
import { inTransaction } from "@transpod/store/database.ts";
import {
  announcedFile,
  claimedFile,
  cutFile,
  outputOf,
  publish,
  reserve,
} from "@transpod/store/testing.ts";
import { addWorkers, markWorkersEnded } from "@transpod/store/workers.ts";
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
    worker_log: "phase=download\nfailed",
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
      failure: {
        code: "interrupted",
        detail: "The platform removed the worker.",
        cause: "eviction",
      },
      worker_log: "phase=download\nfailed",
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
      worker_log: null,
      counted: null,
      memory_scale: 2,
      original_codec: "h264",
      target_codec: "hevc",
      phase_times: { encode: 1234 },
    },
  ]);
});

test("a video that several workers encode shows them, and how many chunks are encoded", async () => {
  const { pool } = api.database;
  const ref = await cutFile(pool);
  await addWorkers(pool, ref, 2);
  await markWorkersEnded(pool, ref, 1);
  const lease = await leaseChunk(pool, ref, 0, "worker");
  const own = { ...ref, chunk: 0, lease: lease! };
  expect(await completeChunk(pool, own, "key", outputOf(own))).toBe(true);
  await updateCutProgress(pool, ref, 60);
  const file = (await api.get<FileStatus>(`/upload/${ref.fileId}/status`)).body;
  expect(file).toMatchObject({
    ...{ workers: 2, chunks: { done: 1, total: 3 } },
    progress: { phase: "encode", percent: 50, frame: 24, total_frames: 48 },
  });
  expect(await attemptsOf(ref.fileId)).toMatchObject([
    { workers_started: 3, chunks: 3, claims: 1 },
  ]);
  const whole = await claimedFile(pool);
  expect((await api.get<FileStatus>(`/upload/${whole.fileId}/status`)).body).toMatchObject({
    ...{ workers: 1, chunks: null },
  });
  expect(await attemptsOf(whole.fileId)).toMatchObject([{ workers_started: 1, chunks: null }]);
});

test("a file that was only announced has no attempts, and an unknown one is not found", async () => {
  const { file_id } = await announcedFile(api.database.pool);
  expect(await attemptsOf(file_id)).toEqual([]);
  expect(await api.get(`/upload/${randomUUID()}/transactions`)).toMatchObject({
    status: 404,
    body: { code: "file_not_found" },
  });
});
