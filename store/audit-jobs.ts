import type { Finding } from "./audit-findings.ts";
import type { Database } from "./database.ts";

/** A Job of the cluster, with labels that name its attempt. */
export interface SeenJob {
  name: string;
  file_id: string;
  attempt: number;
  created_at: string;
  /** Null while its worker runs or may still start. */
  ended_at: string | null;
}

/**
 * Where Jobs and rows disagree. Both change all the time, and the Jobs were listed before the rows are
 * read: changes within `settleSeconds` are ignored.
 */
export async function findJobBreaches(
  db: Database,
  jobs: readonly SeenJob[],
  settleSeconds: number,
): Promise<Finding[]> {
  const { rows } = await db.query<Finding>(
    `with job as (
       select * from json_to_recordset($1)
         as j(name text, file_id text, attempt int, created_at timestamptz, ended_at timestamptz)
     ), late as (select now() - make_interval(secs => $2) as at)

     select 'error' as severity, 'job_missing' as invariant, t.file_id::text, t.attempt,
       'Its attempt is open, but has no running Job.' as sentence
     from transactions t cross join late
     where t.outcome is null and coalesce(t.launched_at, t.claimed_at) < late.at
       and not exists (
         select from job j where j.file_id = t.file_id::text and j.attempt = t.attempt
           and (j.ended_at is null or j.ended_at > late.at))

     union all
     select 'error', 'job_unwanted', j.file_id, j.attempt,
       format('Its Job %s still runs, but the attempt has ended.', j.name)
     from job j cross join late
     left join transactions t on t.file_id::text = j.file_id and t.attempt = j.attempt
     left join tombstones d on d.file_id::text = j.file_id
     where j.ended_at is null and (t.file_id is null or t.outcome is not null)
       and greatest(j.created_at, t.ended_at, d.deleted_at) < late.at

     union all
     select 'error', 'job_twice', file_id, attempt,
       format('Its attempt has %s Jobs: %s.', count(*), string_agg(name, ', ' order by name))
     from job group by file_id, attempt having count(*) > 1

     order by invariant, file_id, attempt`,
    [JSON.stringify(jobs), settleSeconds],
  );
  return rows;
}
