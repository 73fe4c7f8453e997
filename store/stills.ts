import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import type { Still } from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";

/** Records that a lease gets URLs to upload stills. False when it is fenced, or the attempt is over. */
export async function beginStills(db: Database, ref: LeaseRef): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into still_uploads (file_id, attempt, lease)
     select t.file_id, t.attempt, t.lease from transactions t
     join files f on f.file_id = t.file_id and f.attempt = t.attempt and f.state = 'processing'
     where t.file_id = $1 and t.attempt = $2 and t.lease = $3 and t.outcome is null
     on conflict (file_id, attempt, lease) do update set signed_at = now()`,
    [ref.fileId, ref.attempt, ref.lease],
  );
  return rowCount === 1;
}

/** The stills of a result, and the lease that uploaded them. */
export interface PublishedStills extends LeaseRef {
  stills: Still[];
}

/** Undefined when the file has no stills. */
export async function getStills(
  db: Database,
  fileId: string,
): Promise<PublishedStills | undefined> {
  const { rows } = await db.query<PublishedStills>(
    `select f.file_id as "fileId", t.attempt, t.lease, t.stills
     from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
     where f.file_id = $1 and f.state = 'completed' and f.result_deleted_at is null
       and t.stills is not null`,
    [fileId],
  );
  return rows[0];
}

/**
 * Leases whose stills are not published and never will be, and whose URLs, which are valid for `urlSeconds`, have
 * expired: nothing can be uploaded any more.
 */
export async function abandonedStills(
  db: Database,
  urlSeconds: number,
  limit: number,
): Promise<LeaseRef[]> {
  const { rows } = await db.query<LeaseRef>(
    `select s.file_id as "fileId", s.attempt, s.lease
     from still_uploads s join transactions t on t.file_id = s.file_id and t.attempt = s.attempt
     where s.signed_at < now() - make_interval(secs => $1)
       and (t.outcome is not null or t.lease > s.lease)
     order by s.signed_at limit $2`,
    [urlSeconds, limit],
  );
  return rows;
}

/** Records that nothing of a lease's stills is left. */
export async function forgetStills(db: Database, ref: LeaseRef): Promise<void> {
  await db.query(`delete from still_uploads where file_id = $1 and attempt = $2 and lease = $3`, [
    ref.fileId,
    ref.attempt,
    ref.lease,
  ]);
}
