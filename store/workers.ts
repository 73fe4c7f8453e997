import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { Database } from "./database.ts";
import { aFileWaits, usedSlots } from "./launches.ts";

/** A cut attempt with chunks to encode, as slots are shared by. */
export interface GrowableRow {
  file_id: string;
  attempt: number;
  max_workers: number;
  /** Workers that run. */
  live: number;
  /** Workers that it could use at the same time: one for each chunk that is not encoded. */
  useful: number;
}

export interface SharedSlots {
  free: number;
  attempts: GrowableRow[];
}

/**
 * The slots that no file waits for, and the attempts that could use them, the longest waiting one first:
 * those that were given no workers in the last `pauseSeconds`.
 * To be called while the slots are locked (store/launches.ts).
 */
export async function readSharedSlots(
  client: Database,
  maxRunningJobs: number,
  pauseSeconds: number,
): Promise<SharedSlots> {
  const { rows } = await client.query<{ free: number }>(
    `select case when ${aFileWaits} then 0 else greatest(0, $1 - ${usedSlots}) end as free`,
    [maxRunningJobs],
  );
  const free = rows[0]!.free;
  if (free === 0) return { free, attempts: [] };
  const { rows: attempts } = await client.query<GrowableRow>(
    `select t.file_id, t.attempt, t.max_workers, greatest(1, t.workers_started - t.workers_ended) as live,
       (select count(*) from chunks c where c.file_id = t.file_id and c.output_key is null) as useful
     from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
     where f.state = 'processing' and t.outcome is null and t.chunks is not null
       and t.max_workers > 1
       and coalesce(t.workers_added_at < now() - make_interval(secs => $1), true)
     order by f.priority desc, f.queued_at, f.file_id`,
    [pauseSeconds],
  );
  return { free, attempts };
}

/** Gives an attempt more workers. Reconciliation then has its Job start them. */
export async function addWorkers(
  client: Database,
  ref: AttemptRef,
  more: number,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update transactions set workers_started = workers_started + $3, workers_added_at = now()
     where file_id = $1 and attempt = $2 and outcome is null and chunks is not null`,
    [ref.fileId, ref.attempt, more],
  );
  return rowCount === 1;
}

/** Records how many workers of the attempt's Job have ended; the number never decreases. */
export async function markWorkersEnded(
  db: Database,
  ref: AttemptRef,
  ended: number,
): Promise<void> {
  await db.query(
    `update transactions set workers_ended = $3
     where file_id = $1 and attempt = $2 and outcome is null and workers_ended < $3`,
    [ref.fileId, ref.attempt, ended],
  );
}

/** Records that the attempt's Job can't start more workers than it has started: their slots are free again. */
export async function stopGrowing(db: Database, ref: AttemptRef, started: number): Promise<void> {
  await db.query(
    `update transactions set workers_started = $3, max_workers = 1
     where file_id = $1 and attempt = $2 and outcome is null and workers_started > $3`,
    [ref.fileId, ref.attempt, started],
  );
}
