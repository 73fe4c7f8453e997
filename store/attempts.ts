import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { jobName } from "@transpod/contract/job-identity.ts";
import type { FailureCode } from "@transpod/contract/failures.ts";
import type { FileState } from "@transpod/contract/states.ts";
import type { MediaSummary, PhaseTimes } from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";

/** A file and its current attempt, as the controller decides upon it. Ages are in seconds. */
export interface AttemptRow {
  file_id: string;
  attempt: number;
  state: FileState;
  job_name: string;
  memory_scale: number;
  source_size_bytes: number;
  event_at: Date | null;
  launched: boolean;
  claimed: boolean;
  /** Since the worker last spoke; since the Job was launched when none has spoken yet. */
  silent_seconds: number;
  launched_seconds: number;
  /** Since the attempt ended; null while it runs. */
  ended_seconds: number | null;
  /** Earlier and current failures of this file, by whether they used up an attempt. */
  counted_failures: number;
  uncounted_failures: number;
}

/** The current attempt of a file; undefined when there is none yet. */
export async function getAttempt(db: Database, fileId: string): Promise<AttemptRow | undefined> {
  const { rows } = await db.query<AttemptRow>(
    `select f.file_id, f.attempt, f.state, t.job_name, t.memory_scale, f.source_size_bytes,
       t.event_at,
       t.launched_at is not null as launched,
       t.claimed_at is not null as claimed,
       extract(epoch from now() - coalesce(t.heartbeat_at, t.claimed_at, t.launched_at, now()))
         ::float8 as silent_seconds,
       extract(epoch from now() - coalesce(t.launched_at, now()))::float8 as launched_seconds,
       extract(epoch from now() - t.ended_at)::float8 as ended_seconds,
       (select count(*) from transactions p where p.file_id = f.file_id and p.counted)
         as counted_failures,
       (select count(*) from transactions p where p.file_id = f.file_id and not p.counted)
         as uncounted_failures
     from files f
     join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
     where f.file_id = $1`,
    [fileId],
  );
  return rows[0];
}

/** How an attempt failed. */
export interface Failure {
  code: FailureCode;
  detail: string;
  counted: boolean;
  original?: MediaSummary | undefined;
  phase_times?: PhaseTimes | undefined;
}

/**
 * Ends an attempt in failure, and the file with it. To be called inside a transaction. False when
 * the attempt is no longer the current one, or is over: nothing was changed.
 */
export async function failFile(db: Database, ref: AttemptRef, failure: Failure): Promise<boolean> {
  const { rowCount } = await db.query(
    `update files set state = 'failed', failure_code = $3, failure_detail = $4
     where file_id = $1 and attempt = $2 and state in ('pending', 'processing')`,
    [ref.fileId, ref.attempt, failure.code, failure.detail],
  );
  if (rowCount !== 1) return false;
  await endInFailure(db, ref, failure);
  return true;
}

/** When and how the next attempt is launched. */
export interface Retry {
  delaySeconds: number;
  memoryScale: number;
}

/**
 * Ends an attempt in failure and queues the next one; the fence between them is the attempt's
 * number. To be called inside a transaction. False when the attempt is no longer the current one,
 * or is over: nothing was changed.
 */
export async function retryFile(
  db: Database,
  ref: AttemptRef,
  failure: Failure,
  retry: Retry,
): Promise<boolean> {
  const next: AttemptRef = { fileId: ref.fileId, attempt: ref.attempt + 1 };
  const { rowCount } = await db.query(
    `update files set state = 'pending', attempt = $3,
       launch_after = now() + make_interval(secs => $4)
     where file_id = $1 and attempt = $2 and state = 'processing'`,
    [ref.fileId, ref.attempt, next.attempt, retry.delaySeconds],
  );
  if (rowCount !== 1) return false;
  await endInFailure(db, ref, failure);
  await db.query(
    `insert into transactions (file_id, attempt, job_name, memory_scale, event_at)
     select file_id, $3, $4, $5, event_at from transactions where file_id = $1 and attempt = $2`,
    [ref.fileId, ref.attempt, next.attempt, jobName(next), retry.memoryScale],
  );
  return true;
}

async function endInFailure(db: Database, ref: AttemptRef, failure: Failure): Promise<void> {
  await db.query(
    `update transactions
     set outcome = 'failed', ended_at = now(), failure_code = $3, failure_detail = $4, counted = $5,
         original = coalesce($6, original),
         original_codec = coalesce($6::jsonb ->> 'codec', original_codec),
         phase_times = $7
     where file_id = $1 and attempt = $2 and outcome is null`,
    [
      ref.fileId,
      ref.attempt,
      failure.code,
      failure.detail,
      failure.counted,
      toJson(failure.original),
      toJson(failure.phase_times),
    ],
  );
}

/** pg would write an array as a Postgres array, and undefined is not JSON. */
function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
