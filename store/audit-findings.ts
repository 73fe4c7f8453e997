import type { Database } from "./database.ts";
import { usedSlots } from "./launches.ts";

/** Something that is wrong, or, as a warning, something that takes suspiciously long. */
export interface Finding {
  severity: "error" | "warning";
  invariant: string;
  file_id: string | null;
  attempt: number | null;
  sentence: string;
}

/** Every breach of a rule that must hold in the database at any time (migration 0010). */
export async function findBreaches(db: Database): Promise<Finding[]> {
  const { rows } = await db.query<Finding>(
    `select 'error' as severity, invariant, file_id, attempt, sentence from audit_findings
     order by invariant, file_id, attempt`,
  );
  return rows;
}

export interface StuckLimits {
  maxRunningJobs: number;
  /** A worker that sends no report for longer has stalled. */
  silenceSeconds: number;
  /** A Job without a worker for longer will never have one. */
  startSeconds: number;
  /** How long the controller may take to react. */
  settleSeconds: number;
}

/** What the controller should have processed by now. It may be down or busy, so these are warnings. */
export async function findStuck(db: Database, limits: StuckLimits): Promise<Finding[]> {
  const { rows } = await db.query<Finding>(
    `with late as (select now() - make_interval(secs => $4) as at),
     stuck as (
       select 'stuck_pending' as invariant, f.file_id, f.attempt,
         'It waits although slots are free' as what, greatest(f.queued_at, f.launch_after) as since
       from files f, late
       where f.state = 'pending' and greatest(f.queued_at, f.launch_after) < late.at
         and $1 > ${usedSlots}
       union all
       select 'stuck_processing', f.file_id, f.attempt,
         case when t.launched_at is null then 'It has a slot, but no Job'
           when t.claimed_at is null then 'No worker has claimed it'
           else 'Its worker sends no report' end,
         coalesce(t.heartbeat_at, t.launched_at, t.reserved_at)
       from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt, late
       where f.state = 'processing' and t.outcome is null
         and coalesce(t.heartbeat_at, t.launched_at, t.reserved_at) + make_interval(secs =>
           case when t.claimed_at is not null then $2 when t.launched_at is not null then $3 else 0 end)
           < late.at
       union all
       select 'stuck_uploaded', f.file_id, f.attempt,
         'Its upload was found, but no message about it was received', f.updated_at
       from files f, late where f.state = 'uploaded' and f.updated_at < late.at
       union all
       select 'stuck_outbox', null, null, 'A message waits to be sent', o.created_at
       from outbox o, late where o.created_at < late.at
       union all
       select 'stuck_deletion', d.file_id, d.attempt, 'Its objects are not deleted yet', d.clean_after
       from tombstones d, late where d.clean_after < late.at
       union all
       select 'stuck_deletion', f.file_id, f.attempt, 'What is no longer kept of it is not deleted yet',
         greatest(f.original_deleted_at, f.result_deleted_at)
       from files f, late
       -- Each try moves clean_after.
       where f.clean_after is not null
         and greatest(f.original_deleted_at, f.result_deleted_at) < late.at
     )
     select 'warning' as severity, invariant, file_id, attempt,
       format('%s, for %s s.', what, round(extract(epoch from now() - since))) as sentence
     from stuck order by invariant, file_id, attempt`,
    [limits.maxRunningJobs, limits.silenceSeconds, limits.startSeconds, limits.settleSeconds],
  );
  return rows;
}
