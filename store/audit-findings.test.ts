import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { failFile, retryFile } from "./attempts.ts";
import { findBreaches, findStuck } from "./audit-findings.ts";
import { cancelFile } from "./cancel.ts";
import { inTransaction } from "./database.ts";
import { insertOutbox } from "./outbox.ts";
import { requeueFile } from "./retry.ts";
import { markUploaded } from "./sweeps.ts";
import {
  announcedFile,
  arrive,
  claim,
  claimedFile,
  objectOf,
  pendingFile,
  reserve,
  resultOf,
} from "./testing.ts";
import { deleteFile } from "./tombstones.ts";
import { completeFile, keepUpload } from "./work.ts";

/** One file for each state and each way to it, without faults; the same in every test. */
let db: TestDatabase;
let completed: AttemptRef;
let retried: AttemptRef;
let failed: AttemptRef;
let running: AttemptRef;
let deleted: string;
let foundAndCancelled: string;
beforeAll(async () => {
  db = await freshDatabase();
  const { pool } = db;
  const failure = { code: "stalled", detail: "It stalled.", counted: true } as const;
  await announcedFile(pool);
  completed = await publishedFile();
  failed = await claimedFile(pool);
  const end = { ...failed, lease: 1 };
  await inTransaction(pool, (client) => failFile(client, end, failure));
  const first = await claimedFile(pool);
  const retry = { delaySeconds: 0, memoryScale: 1 };
  await inTransaction(pool, (client) => retryFile(client, first, failure, retry));
  retried = { ...first, attempt: 2 };
  await publishedFile(retried);
  await cancelFile(pool, (await pendingFile(pool)).fileId);
  const requeued = await pendingFile(pool);
  await cancelFile(pool, requeued.fileId);
  await requeueFile(pool, requeued.fileId);
  foundAndCancelled = await cancelledBeforeItsMessage();
  deleted = (await publishedFile()).fileId;
  await deleteFile(pool, deleted);
  running = await claimedFile(pool);
  await pendingFile(pool);
});
afterAll(() => db.drop());

async function publishedFile(of?: AttemptRef): Promise<AttemptRef> {
  const ref = of ?? (await pendingFile(db.pool));
  await reserve(db.pool);
  const lease = await claim(db.pool, ref);
  const upload_key = `${ref.fileId}/${ref.attempt}-${lease.lease}.mp4`;
  await keepUpload(db.pool, lease, { upload_id: "u", upload_key });
  await completeFile(db.pool, lease, upload_key, resultOf(lease));
  return ref;
}

async function cancelledBeforeItsMessage(): Promise<string> {
  const file = await announcedFile(db.pool);
  await markUploaded(db.pool, file.file_id, objectOf(file));
  await cancelFile(db.pool, file.file_id);
  await requeueFile(db.pool, file.file_id);
  await arrive(db.pool, objectOf(file));
  return file.file_id;
}

/** Each test breaks the data in a transaction that is rolled back, with triggers disabled. */
let client: pg.PoolClient;
beforeEach(async () => {
  client = await db.pool.connect();
  await client.query("begin");
  await client.query("set local session_replication_role = replica");
});
afterEach(async () => {
  await client.query("rollback");
  client.release();
});

const limits = { maxRunningJobs: 1, silenceSeconds: 60, startSeconds: 600, settleSeconds: 300 };

test("of healthy files, in whatever state, there is nothing to say", async () => {
  expect(await findBreaches(client)).toEqual([]);
  expect(await findStuck(client, { ...limits, maxRunningJobs: 100 })).toEqual([]);
});

const breaches: [name: string, file: () => AttemptRef, sql: string, sentences: string[]][] = [
  [
    "a history that goes back",
    () => failed,
    `insert into history (file_id, attempt, from_state, to_state)
     values ($1, 1, 'failed', 'pending'), ($1, 1, 'pending', 'failed')`,
    ["history_order: Its history goes from attempt 1 failed to attempt 1 pending."],
  ],
  [
    "a history that goes from one end to another",
    () => failed,
    `with more as (insert into history (file_id, attempt, from_state, to_state)
       values ($1, 1, 'failed', 'cancelled'))
     update files set state = 'cancelled', failure_code = null where file_id = $1`,
    ["history_order: Its history goes from attempt 1 failed to attempt 1 cancelled."],
  ],
  [
    "a history that goes on after a completion",
    () => completed,
    `insert into history (file_id, attempt, from_state, to_state)
     values ($1, 2, 'completed', 'pending'), ($1, 2, 'pending', 'deleted')`,
    [
      "history_end: It is completed in attempt 1, but its history ends with deleted in attempt 2.",
      "history_order: Its history goes from attempt 1 completed to attempt 2 pending.",
    ],
  ],
  [
    "a transition that is missing",
    () => completed,
    `delete from history where file_id = $1 and to_state = 'processing'`,
    ["history_gap: Its history has a gap: it left processing, but was pending before."],
  ],
  [
    "a creation that is missing",
    () => completed,
    `delete from history where file_id = $1 and from_state is null`,
    ["history_gap: Its history begins with leaving awaiting_upload, not with its creation."],
  ],
  [
    "a file without a history",
    () => completed,
    `delete from history where file_id = $1`,
    ["history_end: It has no history."],
  ],
  [
    "a file that is not where its history ends",
    () => running,
    `delete from history where file_id = $1 and to_state = 'processing'`,
    ["history_end: It is processing in attempt 1, but its history ends with pending in attempt 1."],
  ],
  [
    "a file that is gone without a word",
    () => failed,
    `with gone as (delete from transactions where file_id = $1)
     , key as (delete from inbox where s3_key = (select s3_key from files where file_id = $1))
     delete from files where file_id = $1`,
    ["deleted_file: It is gone, but its history ends with failed."],
  ],
  [
    "a tombstone of a file that is there",
    () => running,
    `insert into tombstones (file_id, s3_key, attempt) values ($1, 'k', 1)`,
    ["deleted_file: It has a tombstone, but is still there."],
  ],
  [
    "two completed attempts",
    () => retried,
    `update transactions set outcome = 'completed', failure_code = null
     where file_id = $1 and attempt = 1`,
    ["published_once: It was completed by 2 attempts."],
  ],
  [
    "a completed file whose attempt failed",
    () => completed,
    `update transactions set outcome = 'failed', failure_code = 'stalled' where file_id = $1`,
    ["published_result: It is completed, but its attempt 1 is not."],
  ],
  [
    "a completed attempt of a file that failed",
    () => failed,
    `update transactions set outcome = 'completed', failure_code = null, sha256 = 's',
       verification = '{}' where file_id = $1`,
    ["published_result: Its attempt 1 is completed, but the file is failed."],
  ],
  [
    "a result without a sum and a verification",
    () => completed,
    `update transactions set sha256 = null, verification = null where file_id = $1`,
    ["published_facts: Its result was published without a sha256 and a verification."],
  ],
  [
    "a result that its attempt did not write",
    () => completed,
    `update files set processed_key = 'elsewhere' where file_id = $1`,
    ["published_key: It points to elsewhere, but its attempt 1 wrote to KEY."],
  ],
  [
    "an attempt that is open although another is the current one",
    () => retried,
    `update transactions set outcome = null, ended_at = null, failure_code = null
     where file_id = $1 and attempt = 1`,
    ["open_attempt: Its attempt 1 is open, but the file is completed in attempt 2."],
  ],
  [
    "a file at work whose attempt is over",
    () => running,
    `update transactions set outcome = 'cancelled', ended_at = now() where file_id = $1`,
    ["open_attempt: It is processing, but its attempt 1 is cancelled."],
  ],
  [
    "a hole in the attempts",
    () => retried,
    `delete from transactions where file_id = $1 and attempt = 1`,
    ["attempt_numbers: It is in attempt 2, but its attempts are 2."],
  ],
  [
    "an attempt above the current one",
    () => completed,
    `insert into transactions (file_id, attempt, job_name, outcome, ended_at)
     values ($1, 2, 'job', 'cancelled', now())`,
    ["attempt_numbers: It is in attempt 1, but its attempts are 1, 2."],
  ],
  [
    "a claim without a lease",
    () => running,
    `update transactions set lease = 0 where file_id = $1`,
    ["lease: Its attempt 1 was claimed, but has no lease."],
  ],
  [
    "a lease without a claim",
    () => running,
    `update transactions set claimed_at = null where file_id = $1`,
    ["lease: Its attempt 1 has lease 1, but was never claimed."],
  ],
  [
    "an accepted arrival whose version is not the source",
    () => running,
    `update files set source_version = 'v2' where file_id = $1`,
    ['arrival_version: Version "v1" of its upload was accepted, but "v2" is its source.'],
  ],
  [
    "two accepted arrivals",
    () => running,
    `insert into inbox select bucket, s3_key, version_id, 'another', 1, 'm', 'accepted'
     from inbox where s3_key = (select s3_key from files where file_id = $1)`,
    ["arrival_once: It accepted 2 versions of its upload."],
  ],
  [
    "a file at work for which nothing arrived",
    () => running,
    `delete from inbox where s3_key = (select s3_key from files where file_id = $1)`,
    ["arrival_missing: It is processing, but no arrival of its upload was accepted."],
  ],
];

test.each(breaches)("%s is found", async (_, file, sql, sentences) => {
  const { fileId } = file();
  await client.query(sql, [fileId]);
  const found = await findBreaches(client);
  expect(found.map(({ file_id }) => file_id)).toEqual(sentences.map(() => fileId));
  const key = `${fileId}/1-1.mp4`;
  expect(found.map((one) => `${one.invariant}: ${one.sentence}`)).toEqual(
    sentences.map((sentence) => sentence.replace("KEY", key)),
  );
});

test("a deletion without a tombstone is found, and so is an arrival without a file", async () => {
  await client.query(`delete from tombstones where file_id = $1`, [deleted]);
  const { rows } = await client.query<{ s3_key: string }>(
    `select s3_key from inbox where s3_key like '%' || $1 || '%'`,
    [deleted],
  );
  expect(await findBreaches(client)).toMatchObject([
    {
      file_id: null,
      sentence: `Version "v1" of ${rows[0]?.s3_key} was accepted, but there is no such file.`,
    },
    { file_id: deleted, sentence: "It was deleted, but has no tombstone." },
  ]);
});

test("a file that was cancelled before its message came, and retried, is missed no arrival", async () => {
  const history = `delete from history where file_id = $1 and to_state = 'cancelled'`;
  await client.query(history, [foundAndCancelled]);
  expect(await findBreaches(client)).toMatchObject([
    { invariant: "arrival_missing", file_id: foundAndCancelled },
    { invariant: "history_gap" },
  ]);
});

const old = "now() - interval '1000 s'";
const stuck: [name: string, sql: string, slots: number, found: string[]][] = [
  [
    "a file that waits although slots are free",
    `update files set queued_at = ${old} where state = 'pending' and file_id = (
       select file_id from files where state = 'pending' order by file_id limit 1)`,
    100,
    ["stuck_pending: It waits although slots are free, for 1000 s."],
  ],
  [
    "a file that waits for a slot is not stuck",
    `update files set queued_at = ${old} where state = 'pending'`,
    1,
    [],
  ],
  [
    "a worker that says nothing",
    `update transactions set heartbeat_at = ${old} where outcome is null and claimed_at is not null`,
    1,
    ["stuck_processing: Its worker sends no report, for 1000 s."],
  ],
  [
    "a Job that nobody claims",
    `update transactions set heartbeat_at = null, claimed_at = null, launched_at = ${old}
     where outcome is null and claimed_at is not null`,
    1,
    ["stuck_processing: No worker has claimed it, for 1000 s."],
  ],
  [
    "a slot without a Job",
    `update transactions set heartbeat_at = null, claimed_at = null, launched_at = null,
       reserved_at = ${old} where outcome is null and claimed_at is not null`,
    1,
    ["stuck_processing: It has a slot, but no Job, for 1000 s."],
  ],
  [
    "an upload whose message does not come back",
    `update files set state = 'uploaded', updated_at = ${old} where state = 'awaiting_upload'`,
    1,
    ["stuck_uploaded: Its upload was found, but no message about it was received, for 1000 s."],
  ],
  [
    "a deletion that nobody carries out",
    `update tombstones set clean_after = ${old}`,
    1,
    ["stuck_deletion: Its objects are not deleted yet, for 1000 s."],
  ],
  [
    "an original that can't be deleted, although it is tried again and again",
    `update files set original_deleted_at = ${old}, clean_after = now() + interval '10 seconds'
     where state = 'failed'`,
    1,
    ["stuck_deletion: What is no longer kept of it is not deleted yet, for 1000 s."],
  ],
];

test.each(stuck)("%s", async (_, sql, maxRunningJobs, sentences) => {
  expect((await client.query(sql)).rowCount).toBeGreaterThan(0);
  const found = await findStuck(client, { ...limits, startSeconds: 600, maxRunningJobs });
  expect(found.map((one) => `${one.invariant}: ${one.sentence}`)).toEqual(sentences);
});

test("a message that nobody sends", async () => {
  await insertOutbox(client, "{}");
  await client.query(`update outbox set created_at = ${old}`);
  expect(await findStuck(client, limits)).toMatchObject([
    { severity: "warning", file_id: null, sentence: "A message waits to be sent, for 1000 s." },
  ]);
});
