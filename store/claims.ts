import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { Database } from "./database.ts";
import { usedSlots } from "./launches.ts";
import type { SourceRow } from "./work.ts";

/** An attempt that a worker may claim a task of. */
export interface ClaimableRow extends SourceRow {
  max_workers: number;
  /** Whether its workers encode chunks. */
  cut: boolean;
  /** The worker that joins the chunks; null before one has the task. */
  joiner: string | null;
  /** Since the last report of any worker. */
  silent_seconds: number;
  /** Whether files wait for slots, and there are not enough free ones. */
  others_wait: boolean;
}

/**
 * Locks the current attempt: until the end of the transaction nobody ends it, and no other worker gets a
 * task of it. What is read after this call is not changed by others. False when the attempt is not the
 * current one, or is over.
 */
export async function lockAttempt(client: Database, ref: AttemptRef): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from transactions t
     join files f on f.file_id = t.file_id and f.attempt = t.attempt and f.state = 'processing'
     where t.file_id = $1 and t.attempt = $2 and t.outcome is null for update of t`,
    [ref.fileId, ref.attempt],
  );
  return rowCount === 1;
}

/** To be called while the attempt is locked. Undefined when it is over. */
export async function readClaimable(
  client: Database,
  ref: AttemptRef,
  maxRunningJobs: number,
): Promise<ClaimableRow | undefined> {
  const { rows } = await client.query<ClaimableRow>(
    `select f.file_name, f.s3_key, f.source_version, f.source_etag, f.source_size_bytes, f.settings,
       t.max_workers, t.chunks is not null as cut,
       -- The lease after that of the cut belongs to nobody.
       case when t.chunks is not null and t.lease > c.lease + 1 then t.worker end as joiner,
       extract(epoch from now() - t.heartbeat_at)::float8 as silent_seconds,
       (select count(*) from files where state = 'pending' and launch_after <= now())
         > greatest(0, $3 - ${usedSlots}) as others_wait
     from transactions t
     join files f on f.file_id = t.file_id and f.attempt = t.attempt and f.state = 'processing'
     left join cuts c on c.file_id = t.file_id and c.attempt = t.attempt
     where t.file_id = $1 and t.attempt = $2 and t.outcome is null`,
    [ref.fileId, ref.attempt, maxRunningJobs],
  );
  return rows[0];
}

/** Records that a worker of the attempt lives. */
export async function markHeard(client: Database, ref: AttemptRef): Promise<void> {
  await client.query(
    `update transactions set heartbeat_at = now()
     where file_id = $1 and attempt = $2 and outcome is null`,
    [ref.fileId, ref.attempt],
  );
}
