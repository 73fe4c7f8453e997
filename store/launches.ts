import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import type { Database } from "./database.ts";

/** The data to create a Job from. */
export interface LaunchRow {
  file_id: string;
  attempt: number;
  lease: number;
  job_name: string;
  memory_scale: number;
  source_size_bytes: number;
  event_at: Date | null;
}

const launchLock = 0x7472_6c61; // "trla": one reservation at a time, in all processes

/**
 * Gives free slots to pending files: higher priority first, then the oldest. The row is reserved before
 * the Job is created; if the controller dies in between, the sweep creates the Job. Call it inside a
 * transaction: the lock that keeps the limit exact ends with it.
 */
export async function reserveSlots(db: Database, maxRunningJobs: number): Promise<LaunchRow[]> {
  await db.query(`select pg_advisory_xact_lock($1)`, [launchLock]);
  const { rows } = await db.query<LaunchRow>(
    `with next as (
       select f.file_id from files f
       join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
       where f.state = 'pending' and f.launch_after <= now()
       order by f.priority desc, f.queued_at, f.file_id
       limit greatest(0, $1 - (select count(*) from files where state = 'processing'))
       -- Locks both rows without waiting: a cancel locks them in the other order.
       for update of f, t skip locked
     ), reserved as (
       update files f set state = 'processing' from next
       where f.file_id = next.file_id and f.state = 'pending'
       returning f.file_id, f.attempt, f.source_size_bytes
     )
     update transactions t set reserved_at = now() from reserved r
     where t.file_id = r.file_id and t.attempt = r.attempt
     returning t.file_id, t.attempt, t.lease, t.job_name, t.memory_scale, r.source_size_bytes, t.event_at`,
    [maxRunningJobs],
  );
  return rows;
}

/** Records that the attempt's Job exists. False when that was recorded already, or the attempt is over. */
export async function markLaunched(db: Database, ref: AttemptRef): Promise<boolean> {
  const { rowCount } = await db.query(
    `update transactions set launched_at = now(), waiting_for = null
     where file_id = $1 and attempt = $2 and launched_at is null and outcome is null`,
    [ref.fileId, ref.attempt],
  );
  return rowCount === 1;
}

/** Records what an attempt without a worker waits for, unless a worker has claimed it in the meantime. */
export async function markWaiting(db: Database, ref: LeaseRef, waitingFor: string): Promise<void> {
  await db.query(
    `update transactions set waiting_for = $4
     where file_id = $1 and attempt = $2 and lease = $3 and outcome is null
       and waiting_for is distinct from $4`,
    [ref.fileId, ref.attempt, ref.lease, waitingFor],
  );
}

/** The number of files in each state; states without files are absent. */
export async function countByState(db: Database): Promise<Record<string, number>> {
  const { rows } = await db.query<{ state: string; count: number }>(
    `select state, count(*) from files group by state`,
  );
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}
