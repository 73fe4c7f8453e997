import type { FailureCode } from "@transpod/contract/failures.ts";
import type { Codec, PhaseTimes } from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";

/** One attempt at a file, for people to read. */
export interface TransactionRow {
  attempt: number;
  outcome: "completed" | "failed" | "cancelled" | null;
  failure_code: FailureCode | null;
  failure_detail: string | null;
  counted: boolean | null;
  worker: string | null;
  lease: number;
  memory_scale: number;
  workers_started: number;
  chunks: number | null;
  waiting_for: string | null;
  original_codec: string | null;
  target_codec: Codec | null;
  notes: string[];
  phase_times: PhaseTimes | null;
  worker_log: string | null;
  created_at: Date;
  reserved_at: Date | null;
  launched_at: Date | null;
  workers_added_at: Date | null;
  claimed_at: Date | null;
  heartbeat_at: Date | null;
  ended_at: Date | null;
}

/** Every attempt at a file, the first one first. */
export async function listTransactions(db: Database, fileId: string): Promise<TransactionRow[]> {
  const { rows } = await db.query<TransactionRow>(
    `select attempt, outcome, failure_code, failure_detail, counted, worker, lease, memory_scale,
       workers_started, chunks,
       case when outcome is null then waiting_for end as waiting_for, original_codec, target_codec,
       notes, phase_times, worker_log, created_at, reserved_at, launched_at, workers_added_at,
       claimed_at, heartbeat_at, ended_at
     from transactions where file_id = $1 order by attempt`,
    [fileId],
  );
  return rows;
}
