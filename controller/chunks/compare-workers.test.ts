import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import type { JobPort, JobStatus } from "@transpod/contract/ports.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { getAttempt } from "@transpod/store/attempts.ts";
import { cutFile } from "@transpod/store/testing.ts";
import { addWorkers } from "@transpod/store/workers.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { createMetrics } from "../metrics.ts";
import { defaultSettings, jobStatus } from "../testing.ts";
import { compareWorkers } from "./compare-workers.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

/** Compares the attempt with a Job that has these workers; resolves with the calls of setWorkers. */
async function compare({ fileId }: LeaseRef, workers: JobStatus["workers"]): Promise<unknown[]> {
  const setWorkers = vi.fn<JobPort["setWorkers"]>().mockResolvedValue();
  const deps = {
    ...{ pool: db.pool, settings: defaultSettings, jobs: { setWorkers } as unknown as JobPort },
    metrics: createMetrics(createRegistry(), db.pool),
    log: createLogger({ service: "test", level: "silent" }),
  };
  const row = await getAttempt(db.pool, fileId);
  await compareWorkers(deps, row!, jobStatus({ fileId, workers }));
  return setWorkers.mock.calls;
}

const storedWorkers = async ({ fileId }: LeaseRef) => {
  const row = await getAttempt(db.pool, fileId);
  return [row?.workers_started, row?.workers_ended];
};

test("a Job is told to start the workers that its attempt was given, until it has", async () => {
  const ref = await cutFile(db.pool);
  await addWorkers(db.pool, ref, 2);
  const call = [expect.stringContaining(ref.fileId), 3];
  expect(await compare(ref, { started: 1, ended: 0 })).toEqual([call]);
  expect(await compare(ref, { started: 2, ended: 1 })).toEqual([call]);
  expect(await compare(ref, { started: 3, ended: 1 })).toEqual([]);
  expect(await storedWorkers(ref)).toEqual([3, 1]);
});

test("a Job that does not start its workers in time gives their slots back", async () => {
  const ref = await cutFile(db.pool);
  await addWorkers(db.pool, ref, 2);
  await db.pool.query(
    "update transactions set workers_added_at = now() - interval '61 s' where file_id = $1",
    [ref.fileId],
  );
  expect(await compare(ref, { started: 1, ended: 0 })).toEqual([]);
  expect(await storedWorkers(ref)).toEqual([1, 0]);
});
