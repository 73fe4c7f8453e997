import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { CompleteRequest, ProgressRequest } from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";

/** What a worker gets to know of the file, whatever its task is. */
export interface SourceRow {
  file_name: string;
  s3_key: string;
  source_version: string;
  source_etag: string;
  source_size_bytes: number;
  settings: TranscodeSettings;
}

/** The data that a worker gets when it claims an attempt. */
export interface ClaimRow extends SourceRow {
  lease: number;
  /** Seconds from launch to the first claim; null for a later claim of the same attempt. */
  wait_seconds: number | null;
}

/**
 * Gives a worker the attempt's next lease; from then on every earlier worker of it is refused.
 * Undefined when the attempt is not the current one, or is over.
 */
export async function claimAttempt(
  db: Database,
  ref: AttemptRef,
  worker: string,
): Promise<ClaimRow | undefined> {
  const { rows } = await db.query<ClaimRow>(
    `update transactions t
     set lease = lease + 1, worker = $3, waiting_for = null, heartbeat_at = now(),
         claimed_at = coalesce(claimed_at, now()), launched_at = coalesce(launched_at, now())
     from files f
     where t.file_id = $1 and t.attempt = $2 and t.outcome is null
       and f.file_id = t.file_id and f.attempt = t.attempt and f.state = 'processing'
     returning t.lease, f.file_name, f.s3_key, f.source_version, f.source_etag, f.source_size_bytes,
       f.settings,
       case when t.lease = 1 then extract(epoch from t.claimed_at - t.launched_at)::float8 end
         as wait_seconds`,
    [ref.fileId, ref.attempt, worker],
  );
  return rows[0];
}

/** The data of a lease that is the current one. */
export interface LeaseRow {
  s3_key: string;
  source_version: string;
  upload_id: string | null;
  upload_key: string | null;
  /** Where an earlier lease of the attempt began to upload; null after this one has begun. */
  earlier_upload_key: string | null;
}

/** Undefined when the lease is not the last one, or the attempt is over. */
export async function getLease(db: Database, ref: LeaseRef): Promise<LeaseRow | undefined> {
  const { rows } = await db.query<LeaseRow>(
    `select f.s3_key, f.source_version,
       case when t.upload_lease = t.lease then t.upload_id end as upload_id,
       case when t.upload_lease = t.lease then t.upload_key end as upload_key,
       case when t.upload_lease < t.lease then t.upload_key end as earlier_upload_key
     from transactions t
     join files f on f.file_id = t.file_id and f.attempt = t.attempt and f.state = 'processing'
     where t.file_id = $1 and t.attempt = $2 and t.lease = $3 and t.outcome is null`,
    [ref.fileId, ref.attempt, ref.lease],
  );
  return rows[0];
}

/** Stores the multipart upload of a lease. False when it has one already, or is fenced. */
export async function keepUpload(
  db: Database,
  ref: LeaseRef,
  upload: { upload_id: string; upload_key: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update transactions set upload_lease = lease, upload_id = $4, upload_key = $5
     where file_id = $1 and attempt = $2 and lease = $3 and outcome is null
       and upload_lease is distinct from lease`,
    [ref.fileId, ref.attempt, ref.lease, upload.upload_id, upload.upload_key],
  );
  return rowCount === 1;
}

/** How a report takes the place of the attempt's last one; of a statement that inserts all these columns. */
export const replaceProgress = `on conflict (file_id, attempt) do update
  set phase = excluded.phase, percent = excluded.percent, frame = excluded.frame,
    total_frames = excluded.total_frames, fps = excluded.fps, speed = excluded.speed,
    eta_seconds = excluded.eta_seconds, updated_at = now()`;

/** Stores a worker's report, which is also its heartbeat. False when it is fenced. */
export async function recordProgress(
  db: Database,
  ref: LeaseRef,
  report: ProgressRequest,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with heard as (
       update transactions t
       set heartbeat_at = now(),
           original_codec = coalesce($11, t.original_codec),
           target_codec = coalesce($12, t.target_codec)
       from files f
       where t.file_id = $1 and t.attempt = $2 and t.lease = $3 and t.outcome is null
         and f.file_id = t.file_id and f.attempt = t.attempt and f.state = 'processing'
       returning t.file_id, t.attempt
     )
     insert into progress (file_id, attempt, phase, percent, frame, total_frames, fps, speed,
                           eta_seconds)
     select file_id, attempt, $4, $5, $6, $7, $8, $9, $10 from heard
     ${replaceProgress}`,
    [
      ref.fileId,
      ref.attempt,
      ref.lease,
      report.phase,
      report.percent,
      report.frame ?? null,
      report.total_frames ?? null,
      report.fps ?? null,
      report.speed ?? null,
      report.eta_seconds ?? null,
      report.original_codec ?? null,
      report.target_codec ?? null,
    ],
  );
  return rowCount === 1;
}

/**
 * Publishes a result: the file points to `processedKey` from now on. It is a single statement, so the
 * change is atomic. False when the lease is fenced or the attempt is over.
 */
export async function completeFile(
  db: Database,
  ref: LeaseRef,
  processedKey: string,
  result: CompleteRequest,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with ended as (
       update transactions t
       set outcome = 'completed', ended_at = now(), original = $5, processed = $6,
           original_codec = $7, target_codec = $8, verification = $9, notes = $10,
           phase_times = $11, sha256 = $12, stills = $13
       where file_id = $1 and attempt = $2 and lease = $3 and outcome is null
       returning file_id, attempt
     ), forgotten as (
       delete from progress p using ended e where p.file_id = e.file_id and p.attempt = e.attempt
     ), kept as (
       delete from still_uploads s using ended e
       where s.file_id = e.file_id and s.attempt = e.attempt and s.lease = $3
         and $13::jsonb is not null
     )
     update files f set state = 'completed', processed_key = $4
     from ended e
     where f.file_id = e.file_id and f.attempt = e.attempt and f.state = 'processing'`,
    [
      ref.fileId,
      ref.attempt,
      ref.lease,
      processedKey,
      JSON.stringify(result.original),
      JSON.stringify(result.processed),
      result.original.codec,
      result.target_codec,
      JSON.stringify(result.verification),
      JSON.stringify(result.notes),
      JSON.stringify(result.phase_times),
      result.sha256,
      result.stills === undefined ? null : JSON.stringify(result.stills),
    ],
  );
  return rowCount === 1;
}

/** How an attempt ended, to answer a worker that repeats its request. */
export interface EndedRow {
  outcome: "completed" | "failed" | "cancelled";
  lease: number;
}

export async function getEnd(db: Database, ref: AttemptRef): Promise<EndedRow | undefined> {
  const { rows } = await db.query<EndedRow>(
    `select outcome, lease from transactions
     where file_id = $1 and attempt = $2 and outcome is not null`,
    [ref.fileId, ref.attempt],
  );
  return rows[0];
}
