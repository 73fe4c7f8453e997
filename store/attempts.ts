import { jobName, type AttemptRef, type LeaseRef } from "@transpod/contract/job-identity.ts";
import type { FailureCode } from "@transpod/contract/failures.ts";
import type { FileState } from "@transpod/contract/states.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { MediaSummary, PhaseTimes } from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";

/** A file and its current attempt, as the controller needs it for decisions. Ages are in seconds. */
export interface AttemptRow {
  file_id: string;
  attempt: number;
  lease: number;
  state: FileState;
  job_name: string;
  memory_scale: number;
  source_size_bytes: number;
  settings: TranscodeSettings;
  event_at: Date | null;
  max_workers: number;
  /** Counted over the life of the attempt's Job. */
  workers_started: number;
  workers_ended: number;
  /** Since it was last given more workers; null when it never was. */
  grown_seconds: number | null;
  /** Whether its workers encode chunks. */
  cut: boolean;
  launched: boolean;
  claimed: boolean;
  /** Since the worker's last report; since the launch of the Job when there is none yet. */
  silent_seconds: number;
  launched_seconds: number;
  /** Since the attempt ended; null while it runs. */
  ended_seconds: number | null;
  /**
   * Failures in the current series of attempts, by whether they count against the limit. A retry by a
   * client begins a new series, with no failures yet; automatic retries continue the old one.
   */
  counted_failures: number;
  uncounted_failures: number;
  /** Of all failures of the series. */
  failure_codes: FailureCode[];
}

/** The current attempt of a file; undefined when there is none yet. */
export async function getAttempt(db: Database, fileId: string): Promise<AttemptRow | undefined> {
  const { rows } = await db.query<AttemptRow>(
    `select f.file_id, f.attempt, t.lease, f.state, t.job_name, t.memory_scale, f.source_size_bytes,
       f.settings, t.event_at, t.max_workers, t.workers_started, t.workers_ended,
       extract(epoch from now() - t.workers_added_at)::float8 as grown_seconds,
       t.chunks is not null as cut,
       t.launched_at is not null as launched,
       t.claimed_at is not null as claimed,
       extract(epoch from now() - coalesce(t.heartbeat_at, t.claimed_at, t.launched_at, now()))
         ::float8 as silent_seconds,
       extract(epoch from now() - coalesce(t.launched_at, now()))::float8 as launched_seconds,
       extract(epoch from now() - t.ended_at)::float8 as ended_seconds,
       past.counted_failures, past.uncounted_failures, past.failure_codes
     from files f
     join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
     cross join lateral (
       select count(*) filter (where p.counted) as counted_failures,
         count(*) filter (where not p.counted) as uncounted_failures,
         coalesce(array_agg(p.failure_code) filter (where p.failure_code is not null), '{}')
           as failure_codes
       from transactions p where p.file_id = f.file_id and p.attempt >= f.first_attempt
     ) past
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
  /** The last lines of the worker's log (contract/worker-log.ts). */
  worker_log?: string | undefined;
}

/**
 * Ends an attempt in failure, and the file with it. To be called inside a transaction. False when
 * the attempt is over, or another worker has claimed it: nothing was changed.
 */
export async function failFile(db: Database, ref: LeaseRef, failure: Failure): Promise<boolean> {
  if (!(await endInFailure(db, ref, failure))) return false;
  const { rowCount } = await db.query(
    `update files set state = 'failed', failure_code = $3, failure_detail = $4
     where file_id = $1 and attempt = $2 and state in ('pending', 'processing')`,
    [ref.fileId, ref.attempt, failure.code, failure.detail],
  );
  requireOpenFile(ref, rowCount);
  return true;
}

/** When and how the next attempt is launched. */
export interface Retry {
  delaySeconds: number;
  memoryScale: number;
}

/**
 * Ends an attempt in failure and queues the next one; the attempt's number fences the old one. To be
 * called inside a transaction. False when the attempt is over, or another worker has claimed it:
 * nothing was changed.
 */
export async function retryFile(
  db: Database,
  ref: LeaseRef,
  failure: Failure,
  retry: Retry,
): Promise<boolean> {
  if (!(await endInFailure(db, ref, failure))) return false;
  const next: AttemptRef = { fileId: ref.fileId, attempt: ref.attempt + 1 };
  const { rowCount } = await db.query(
    `update files set state = 'pending', attempt = $3,
       launch_after = now() + make_interval(secs => $4)
     where file_id = $1 and attempt = $2 and state = 'processing'`,
    [ref.fileId, ref.attempt, next.attempt, retry.delaySeconds],
  );
  requireOpenFile(ref, rowCount);
  await db.query(
    `insert into transactions (file_id, attempt, job_name, memory_scale, event_at)
     select file_id, $3, $4, $5, event_at from transactions where file_id = $1 and attempt = $2`,
    [ref.fileId, ref.attempt, next.attempt, jobName(next), retry.memoryScale],
  );
  return true;
}

/**
 * The row of the attempt is locked first, here and in every statement that ends one: the lock makes a
 * claim wait, and the same order everywhere prevents deadlocks.
 */
async function endInFailure(db: Database, ref: LeaseRef, failure: Failure): Promise<boolean> {
  const { rowCount } = await db.query(
    `with ended as (
       update transactions
       set outcome = 'failed', ended_at = now(), failure_code = $4, failure_detail = $5,
           counted = $6, original = coalesce($7, original),
           original_codec = coalesce($7::jsonb ->> 'codec', original_codec), phase_times = $8,
           worker_log = $9
       where file_id = $1 and attempt = $2 and lease = $3 and outcome is null
       returning file_id, attempt
     ), forgotten as (
       delete from progress p using ended e where p.file_id = e.file_id and p.attempt = e.attempt
     )
     select from ended`,
    [
      ref.fileId,
      ref.attempt,
      ref.lease,
      failure.code,
      failure.detail,
      failure.counted,
      toJson(failure.original),
      toJson(failure.phase_times),
      failure.worker_log ?? null,
    ],
  );
  return rowCount === 1;
}

/** An open attempt is always the current one of its file; otherwise the transaction must not commit. */
function requireOpenFile({ fileId, attempt }: AttemptRef, rowCount: number | null): void {
  if (rowCount !== 1)
    throw new Error(`attempt ${attempt} at file ${fileId} was open, but its file was not`);
}

/** pg would write an array as a Postgres array, and undefined is not JSON. */
function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
