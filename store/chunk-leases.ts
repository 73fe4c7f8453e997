import type { AttemptRef, ChunkLeaseRef } from "@transpod/contract/job-identity.ts";
import type { FailureCode } from "@transpod/contract/failures.ts";
import type { ProgressRequest } from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";
import { replaceProgress } from "./work.ts";

/**
 * Gives a worker the next lease of a chunk. To be called while the attempt is locked. Undefined when the
 * chunk is encoded already, or does not exist.
 */
export async function leaseChunk(
  client: Database,
  ref: AttemptRef,
  chunk: number,
  worker: string,
): Promise<number | undefined> {
  const { rows } = await client.query<{ lease: number }>(
    `with next as (
       update chunks set lease = lease + 1
       where file_id = $1 and chunk = $2 and output_key is null
       returning file_id, chunk, lease
     )
     insert into chunk_leases (file_id, chunk, lease, attempt, worker)
     select file_id, chunk, lease, $3, $4 from next
     returning lease`,
    [ref.fileId, chunk, ref.attempt, worker],
  );
  return rows[0]?.lease;
}

/** Ends the leases that a worker still has: it does one task at a time, and has asked for the next. */
export async function endLeasesOf(
  client: Database,
  ref: AttemptRef,
  worker: string,
): Promise<void> {
  await client.query(
    `update chunk_leases set ended_at = now()
     where file_id = $1 and attempt = $2 and worker = $3 and ended_at is null`,
    [ref.fileId, ref.attempt, worker],
  );
}

/** Ends the leases of a chunk whose workers were not heard for `silenceSeconds`: they are fenced. */
export async function endSilentLeases(
  client: Database,
  ref: AttemptRef,
  chunk: number,
  silenceSeconds: number,
): Promise<void> {
  await client.query(
    `update chunk_leases set ended_at = now(), failure_code = 'stalled', counted = true
     where file_id = $1 and attempt = $2 and chunk = $3 and ended_at is null
       and heartbeat_at < now() - make_interval(secs => $4)`,
    [ref.fileId, ref.attempt, chunk, silenceSeconds],
  );
}

/**
 * Ends a lease in failure; the chunk can be given again at once. To be called while the attempt is locked.
 * False when the lease has ended.
 */
export async function failChunkLease(
  client: Database,
  ref: ChunkLeaseRef,
  failure: { code: FailureCode; counted: boolean },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update chunk_leases set ended_at = now(), failure_code = $5, counted = $6
     where file_id = $1 and chunk = $2 and attempt = $3 and lease = $4 and ended_at is null`,
    [ref.fileId, ref.chunk, ref.attempt, ref.lease, failure.code, failure.counted],
  );
  return rowCount === 1;
}

/** The data of a lease that has not ended. */
export interface ChunkLeaseRow {
  s3_key: string;
  source_version: string;
}

/** Undefined when the lease has ended, or the attempt is over. */
export async function getChunkLease(
  db: Database,
  ref: ChunkLeaseRef,
): Promise<ChunkLeaseRow | undefined> {
  const { rows } = await db.query<ChunkLeaseRow>(
    `select f.s3_key, f.source_version
     from chunk_leases l
     join files f on f.file_id = l.file_id and f.attempt = l.attempt and f.state = 'processing'
     where l.file_id = $1 and l.chunk = $2 and l.attempt = $3 and l.lease = $4 and l.ended_at is null`,
    [ref.fileId, ref.chunk, ref.attempt, ref.lease],
  );
  return rows[0];
}

/** How a lease failed; undefined when it did not, or is forgotten. */
export async function getChunkFailure(
  db: Database,
  ref: ChunkLeaseRef,
): Promise<FailureCode | undefined> {
  const { rows } = await db.query<{ failure_code: FailureCode }>(
    `select failure_code from chunk_leases
     where file_id = $1 and chunk = $2 and attempt = $3 and lease = $4 and failure_code is not null`,
    [ref.fileId, ref.chunk, ref.attempt, ref.lease],
  );
  return rows[0]?.failure_code;
}

/** Leases of a chunk in this attempt that failed in a way that counts. */
export async function countChunkFailures(
  db: Database,
  { fileId, attempt, chunk }: ChunkLeaseRef,
): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*) from chunk_leases
     where file_id = $1 and attempt = $2 and chunk = $3 and counted`,
    [fileId, attempt, chunk],
  );
  return rows[0]!.count;
}

/**
 * Stores a worker's report about its chunk, which is also its heartbeat. To be called while the attempt is
 * locked. False when the lease has ended.
 */
export async function recordChunkReport(
  client: Database,
  ref: ChunkLeaseRef,
  report: ProgressRequest,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update chunk_leases l
     set heartbeat_at = now(), fps = $6, speed = $7,
       -- What is verified or uploaded is encoded.
       frame = case $5 when 'encode' then coalesce($8, l.frame)
         when 'verify' then c.frames when 'upload' then c.frames else 0 end
     from chunks c
     where l.file_id = $1 and l.chunk = $2 and l.attempt = $3 and l.lease = $4 and l.ended_at is null
       and c.file_id = l.file_id and c.chunk = l.chunk`,
    [
      ref.fileId,
      ref.chunk,
      ref.attempt,
      ref.lease,
      report.phase,
      report.phase === "encode" ? (report.fps ?? null) : null,
      report.phase === "encode" ? (report.speed ?? null) : null,
      report.frame ?? null,
    ],
  );
  return rowCount === 1;
}

/**
 * Sums up what all workers of a cut attempt have done, as the progress of the file: encoded chunks and the
 * frames of leases that live.
 */
export async function updateCutProgress(
  client: Database,
  ref: AttemptRef,
  silenceSeconds: number,
): Promise<void> {
  await client.query(
    `insert into progress (file_id, attempt, phase, percent, frame, total_frames, fps, speed, eta_seconds)
     select $1, $2, 'encode', 100.0 * frame / total, frame, total, fps, speed,
       case when fps > 0 then (total - frame) / fps end
     from (
       select sum(c.frames) as total, sum(l.fps) as fps, sum(l.speed) as speed,
         sum(case when c.output_key is not null then c.frames
           else least(c.frames, coalesce(l.frame, 0)) end) as frame
       from chunks c left join (
         -- Of two leases of one chunk only one will count.
         select chunk, max(frame) as frame, max(fps) as fps, max(speed) as speed from chunk_leases
         where file_id = $1 and attempt = $2 and ended_at is null
           and heartbeat_at >= now() - make_interval(secs => $3)
         group by chunk
       ) l on l.chunk = c.chunk
       where c.file_id = $1
     ) whole
     ${replaceProgress}`,
    [ref.fileId, ref.attempt, silenceSeconds],
  );
}
