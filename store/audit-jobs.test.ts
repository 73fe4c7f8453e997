import { afterEach, beforeEach, expect, test } from "vitest";
import { jobName, type AttemptRef } from "@transpod/contract/job-identity.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { findJobBreaches, type SeenJob } from "./audit-jobs.ts";
import { claimedFile, pendingFile, publish, reserve } from "./testing.ts";
import { deleteFile } from "./tombstones.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await freshDatabase();
});
afterEach(() => db.drop());

const now = new Date().toISOString();

function jobOf({ fileId, attempt }: AttemptRef, more: Partial<SeenJob> = {}): SeenJob {
  const name = jobName({ fileId, attempt });
  return { name, file_id: fileId, attempt, created_at: now, ended_at: null, ...more };
}

async function found(jobs: SeenJob[], settleSeconds = 0): Promise<string[]> {
  const findings = await findJobBreaches(db.pool, jobs, settleSeconds);
  return findings.map(
    ({ severity, invariant, file_id, sentence }) =>
      `${severity} ${invariant}: ${file_id} ${sentence}`,
  );
}

async function publishedFile(): Promise<AttemptRef> {
  const ref = await claimedFile(db.pool);
  await publish(db.pool, ref, "result");
  return ref;
}

test("each attempt at work has its Job, and those that ended have none or one that is over: nothing is found", async () => {
  const [atWork, over] = [await claimedFile(db.pool), await publishedFile()];
  await publishedFile();
  await pendingFile(db.pool);
  expect(await found([jobOf(atWork), jobOf(over, { ended_at: now })])).toEqual([]);
});

test("an attempt at work without a Job, or with one that has ended, is found once it has settled", async () => {
  const [none, ended] = [await claimedFile(db.pool), await claimedFile(db.pool)];
  const jobs = [jobOf(ended, { ended_at: now })];
  expect(await found(jobs, 300)).toEqual([]);
  expect((await found(jobs)).toSorted()).toEqual(
    [none, ended]
      .map(
        ({ fileId }) => `error job_missing: ${fileId} Its attempt is open, but has no running Job.`,
      )
      .toSorted(),
  );
});

test("a slot that is reserved has no Job yet", async () => {
  await pendingFile(db.pool);
  expect(await reserve(db.pool)).toHaveLength(1);
  expect(await found([])).toEqual([]);
});

test("a Job that runs on for an attempt that is over, a deleted file or none at all is found once it has settled", async () => {
  const [over, deleted] = [await publishedFile(), await publishedFile()];
  await deleteFile(db.pool, deleted.fileId);
  const refs = [over, deleted, { fileId: "none", attempt: 1 }];
  const jobs = refs.map((ref) => jobOf(ref));
  expect(await found(jobs, 300)).toEqual([]);
  expect((await found(jobs)).toSorted()).toEqual(
    refs
      .map(
        (ref) =>
          `error job_unwanted: ${ref.fileId} Its Job ${jobName(ref)} still runs, but the attempt has ended.`,
      )
      .toSorted(),
  );
});

test("an attempt with two Jobs is found at once", async () => {
  const ref = await claimedFile(db.pool);
  const jobs = [jobOf(ref, { name: "b" }), jobOf(ref, { name: "a" })];
  expect(await found(jobs, 300)).toEqual([
    `error job_twice: ${ref.fileId} Its attempt has 2 Jobs: a, b.`,
  ]);
});
