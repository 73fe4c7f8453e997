import type { AttemptRef, ChunkLeaseRef } from "@transpod/contract/job-identity.ts";
import type { ChunkCompleteRequest } from "@transpod/contract/chunk-protocol.ts";
import type { FailureCode } from "@transpod/contract/failures.ts";
import type { Verification } from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";

/** A chunk, as the next task is decided by. */
export interface ChunkRow {
  chunk: number;
  first_frame: number;
  frames: number;
  encoded: boolean;
  /** From the lease to the completion; null until it is encoded. */
  seconds: number | null;
  /** Its leases that live, and for how long each has run. */
  live: { worker: string; seconds: number }[];
  /** Leases of this attempt that failed, or are silent; and the code of the last one. */
  failures: number;
  failure_code: FailureCode | null;
}

/**
 * All chunks, in order. A lease lives while it has not ended and its worker was heard within
 * `silenceSeconds`. Only leases of this attempt are counted.
 */
export async function readChunks(
  db: Database,
  ref: AttemptRef,
  silenceSeconds: number,
): Promise<ChunkRow[]> {
  const { rows } = await db.query<ChunkRow>(
    `with leases as (
       select chunk, lease, worker, coalesce(failure_code, 'stalled') as code,
         extract(epoch from now() - claimed_at)::float8 as seconds,
         ended_at is null and heartbeat_at >= now() - make_interval(secs => $3) as live,
         coalesce(counted, ended_at is null and heartbeat_at < now() - make_interval(secs => $3))
           as failed
       from chunk_leases where file_id = $1 and attempt = $2
     ), summed as (
       select chunk,
         json_agg(json_build_object('worker', worker, 'seconds', seconds) order by lease)
           filter (where live) as live,
         count(*) filter (where failed) as failures,
         (array_agg(code order by lease desc) filter (where failed))[1] as failure_code
       from leases group by chunk
     )
     select c.chunk, c.first_frame, c.frames, c.output_key is not null as encoded, c.seconds,
       coalesce(s.live, '[]') as live, coalesce(s.failures, 0) as failures, s.failure_code
     from chunks c left join summed s on s.chunk = c.chunk
     where c.file_id = $1 order by c.chunk`,
    [ref.fileId, ref.attempt, silenceSeconds],
  );
  return rows;
}

/**
 * Records the output of a chunk, and ends all its leases: the first completion counts. To be called while
 * the attempt is locked. False when the lease has ended, or the chunk is encoded already.
 */
export async function completeChunk(
  client: Database,
  ref: ChunkLeaseRef,
  outputKey: string,
  result: ChunkCompleteRequest,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `with encoded as (
       update chunks c
       set output_key = $5, output_attempt = $3, output_lease = $4, size_bytes = $6, sha256 = $7,
         verification = $8, notes = $9, seconds = extract(epoch from now() - l.claimed_at)
       from chunk_leases l
       where c.file_id = $1 and c.chunk = $2 and c.output_key is null
         and l.file_id = c.file_id and l.chunk = c.chunk and l.attempt = $3 and l.lease = $4
         and l.ended_at is null
       returning c.file_id, c.chunk
     )
     update chunk_leases l set ended_at = now()
     from encoded e
     where l.file_id = e.file_id and l.chunk = e.chunk and l.ended_at is null`,
    [
      ref.fileId,
      ref.chunk,
      ref.attempt,
      ref.lease,
      outputKey,
      result.size_bytes,
      result.sha256,
      JSON.stringify(result.verification),
      JSON.stringify(result.notes),
    ],
  );
  return (rowCount ?? 0) > 0;
}

/** Whether the output of a chunk is this lease's: to answer a worker that repeats its request. */
export async function isOwnOutput(db: Database, ref: ChunkLeaseRef): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from chunks
     where file_id = $1 and chunk = $2 and output_attempt = $3 and output_lease = $4`,
    [ref.fileId, ref.chunk, ref.attempt, ref.lease],
  );
  return rowCount === 1;
}

export interface OutputRow {
  chunk: number;
  frames: number;
  output_key: string;
  size_bytes: number;
  sha256: string;
  verification: Verification;
  notes: string[];
}

/** The outputs of all chunks that are encoded, in order. */
export async function readOutputs(db: Database, fileId: string): Promise<OutputRow[]> {
  const { rows } = await db.query<OutputRow>(
    `select chunk, frames, output_key, size_bytes, sha256, verification, notes
     from chunks where file_id = $1 and output_key is not null order by chunk`,
    [fileId],
  );
  return rows;
}
