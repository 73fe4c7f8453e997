import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import type { Database } from "./database.ts";

export interface ReservedRow {
  file_id: string;
  attempt: number;
}

const launchLock = 0x7472_6c61; // "trla": one reservation at a time, in all processes

/** Until the end of the transaction nobody else gives away slots: this keeps the limit exact. */
export async function lockSlots(client: Database): Promise<void> {
  await client.query(`select pg_advisory_xact_lock($1)`, [launchLock]);
}

/**
 * SQL: the number of slots in use. A slot is a worker that runs; a file that is processed has at least one,
 * also before its first worker runs.
 */
export const usedSlots = `(
  select coalesce(sum(greatest(1, t.workers_started - t.workers_ended)), 0)
  from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
  where f.state = 'processing')`;

/** SQL: whether a file waits for nothing but a slot. */
export const aFileWaits = `exists (select from files where state = 'pending' and launch_after <= now())`;

export interface Demand {
  /** A file could start. */
  files: boolean;
  /** A video that is cut could have more workers. */
  workers: boolean;
}

/** Whether anybody could use a free slot. It locks nothing, so that a service with nothing to do costs little. */
export async function readDemand(db: Database): Promise<Demand> {
  const { rows } = await db.query<Demand>(
    `select
       ${aFileWaits} as files,
       exists (
         select from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
         where f.state = 'processing' and t.chunks is not null and t.max_workers > 1
       ) as workers`,
  );
  return rows[0]!;
}

/**
 * Gives free slots to pending files: higher priority first, then the oldest. The row is reserved before
 * the Job is created; if the controller dies in between, the sweep creates the Job. Also records the limit, for
 * forecasts (store/forecast.ts). Call it inside a transaction.
 */
export async function reserveSlots(db: Database, maxRunningJobs: number): Promise<ReservedRow[]> {
  await lockSlots(db);
  const { rows } = await db.query<ReservedRow>(
    `with told as (
       insert into slots (slots) values ($1)
       on conflict (only_row) do update set slots = excluded.slots where slots.slots <> excluded.slots
     ), next as (
       select f.file_id from files f
       join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
       where f.state = 'pending' and f.launch_after <= now()
       order by f.priority desc, f.queued_at, f.file_id
       limit greatest(0, $1::integer - ${usedSlots})
       -- Locks both rows without waiting: a cancel locks them in the other order.
       for update of f, t skip locked
     ), reserved as (
       update files f set state = 'processing' from next
       where f.file_id = next.file_id and f.state = 'pending'
       returning f.file_id, f.attempt
     )
     update transactions t set reserved_at = now() from reserved r
     where t.file_id = r.file_id and t.attempt = r.attempt
     returning t.file_id, t.attempt`,
    [maxRunningJobs],
  );
  return rows;
}

/** Records how many workers an attempt may have, before its Job is created. */
export async function setMaxWorkers(
  db: Database,
  ref: AttemptRef,
  maxWorkers: number,
): Promise<void> {
  await db.query(
    `update transactions set max_workers = $3
     where file_id = $1 and attempt = $2 and launched_at is null and outcome is null
       and max_workers <> $3`,
    [ref.fileId, ref.attempt, maxWorkers],
  );
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

/** Seconds that the file waits which waits longest for a slot; 0 when none waits. A delay before a retry is not waited for. */
export async function longestWait(db: Database): Promise<number> {
  const { rows } = await db.query<{ seconds: number }>(
    `select greatest(0, extract(epoch from now() - min(greatest(queued_at, launch_after))))::float8 as seconds
     from files where state = 'pending'`,
  );
  return rows[0]!.seconds;
}
