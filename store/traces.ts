import type { FailureCode } from "@transpod/contract/failures.ts";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { PhaseTimes } from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";

/** When the steps of an attempt that has ended began; null for those that it never reached. */
export interface TraceRow {
  file_id: string;
  attempt: number;
  traceparent: string;
  /** Of the file. */
  created_at: Date;
  /** By the clock of S3. */
  event_at: Date | null;
  /** Of the attempt. */
  queued_at: Date;
  reserved_at: Date | null;
  launched_at: Date | null;
  claimed_at: Date | null;
  ended_at: Date;
  worker: string | null;
  outcome: "completed" | "failed" | "cancelled";
  failure_code: FailureCode | null;
  failure_detail: string | null;
  phase_times: PhaseTimes | null;
}

/** A chunk that a worker had in an attempt. */
export interface ChunkTraceRow {
  chunk: number;
  worker: string;
  claimed_at: Date;
  ended_at: Date;
  failure_code: FailureCode | null;
}

/** Undefined when the file has no trace, or the attempt has not ended. */
export async function getTrace(db: Database, ref: AttemptRef): Promise<TraceRow | undefined> {
  const { rows } = await db.query<TraceRow>(
    `select t.file_id, t.attempt, f.traceparent, f.created_at, t.event_at, t.created_at as queued_at,
       t.reserved_at, t.launched_at, t.claimed_at, t.ended_at, t.worker, t.outcome, t.failure_code,
       t.failure_detail, t.phase_times
     from transactions t join files f on f.file_id = t.file_id
     where t.file_id = $1 and t.attempt = $2 and f.traceparent is not null and t.ended_at is not null`,
    [ref.fileId, ref.attempt],
  );
  return rows[0];
}

/** In the order in which workers took them. */
export async function listChunkTraces(db: Database, ref: AttemptRef): Promise<ChunkTraceRow[]> {
  const { rows } = await db.query<ChunkTraceRow>(
    `select chunk, worker, claimed_at, ended_at, failure_code from chunk_leases
     where file_id = $1 and attempt = $2 and ended_at is not null order by claimed_at, chunk`,
    [ref.fileId, ref.attempt],
  );
  return rows;
}
