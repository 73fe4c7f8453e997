import type pg from "pg";
import type { Finding } from "./audit-findings.ts";

/** A version of an object in one of the two buckets. */
export interface SeenObject {
  bucket: "raw" | "processed";
  s3_key: string;
  /** "null" in a bucket without versions. */
  version_id: string;
  size_bytes: number;
  modified_at: Date;
}

/**
 * A temporary table of the buckets' objects on this connection, so that millions of objects need not be
 * in memory. Resolves with the time after which it may be out of date.
 */
export async function createSeenObjects(client: pg.ClientBase): Promise<Date> {
  await client.query(
    `create temporary table seen_objects (bucket text, s3_key text, version_id text,
       size_bytes bigint, modified_at timestamptz, primary key (bucket, s3_key, version_id))`,
  );
  const { rows } = await client.query<{ now: Date }>(`select now()`);
  return rows[0]!.now;
}

export async function insertSeenObjects(
  client: pg.ClientBase,
  objects: readonly SeenObject[],
): Promise<void> {
  await client.query(
    `insert into seen_objects
     select * from json_to_recordset($1)
       as o(bucket text, s3_key text, version_id text, size_bytes bigint, modified_at timestamptz)
     -- An emulator may begin a page with the last object of the previous page.
     on conflict do nothing`,
    [JSON.stringify(objects)],
  );
}

/**
 * Where buckets and rows disagree. Rows may have moved on since the buckets were listed: changes after
 * `listedAt` are ignored, and differences younger than `settleSeconds` are warnings.
 */
export async function findObjectBreaches(
  client: pg.ClientBase,
  listedAt: Date,
  settleSeconds: number,
): Promise<Finding[]> {
  await client.query(`analyze seen_objects`);
  const { rows } = await client.query<Finding>(
    `with processed as (
       select *, split_part(s3_key, '/', 1) as file,
         split_part(split_part(s3_key, '/', 2), '-', 1) as number
       from seen_objects where bucket = 'processed' and s3_key not like '%/stills/%'
     ), stills as (
       select *, split_part(s3_key, '/', 1) as file, split_part(lease_path, '-', 1) as number,
         split_part(lease_path, '-', 2) as lease
       from seen_objects cross join lateral (select split_part(s3_key, '/', 3) as lease_path) l
       where bucket = 'processed' and s3_key like '%/stills/%'
     ), late as (select $1::timestamptz - make_interval(secs => $2) as at)

     select 'error' as severity, 'result_missing' as invariant, f.file_id, f.attempt,
       format('Its result %s is not in the bucket.', f.processed_key) as sentence
     from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
     where f.state = 'completed' and f.result_deleted_at is null and t.ended_at < $1
       and not exists (select from processed o where o.s3_key = f.processed_key)

     union all
     select 'error', 'result_size', f.file_id, f.attempt,
       format('Its result %s has %s bytes in the bucket, but %s are recorded.',
         f.processed_key, o.size_bytes, t.processed ->> 'size_bytes')
     from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
     join processed o on o.s3_key = f.processed_key
     where (t.processed ->> 'size_bytes')::bigint is distinct from o.size_bytes

     union all
     -- A lease that may still be active can publish it.
     select case when t.outcome is null and t.file_id is not null
         or greatest(t.ended_at, o.modified_at) > late.at then 'warning' else 'error' end,
       'orphan', f.file_id, t.attempt, format('No file points to %s in the bucket.', o.s3_key)
     from processed o cross join late
     left join files f on f.file_id::text = o.file
     left join transactions t on t.file_id = f.file_id and t.attempt::text = o.number
     where not exists (select from files p where p.processed_key = o.s3_key)
       and not exists (select from tombstones d where d.file_id::text = o.file)
       -- The chunks of a video that is cut; the sweep removes them after its end.
       and not (o.number = 'chunks' and exists (select from cuts c where c.file_id::text = o.file))

     union all
     select case when t.outcome is null and t.file_id is not null
         or greatest(t.ended_at, o.modified_at) > late.at then 'warning' else 'error' end,
       'orphan', f.file_id, t.attempt, format('No result has the still %s in the bucket.', o.s3_key)
     from stills o cross join late
     left join files f on f.file_id::text = o.file
     left join transactions t on t.file_id = f.file_id and t.attempt::text = o.number
     -- The sweep removes these when nothing can be uploaded any more.
     left join still_uploads u
       on u.file_id = t.file_id and u.attempt = t.attempt and u.lease::text = o.lease
     where u.file_id is null
       and not coalesce(t.outcome = 'completed' and t.stills is not null
         and t.lease::text = o.lease, false)
       and not exists (select from tombstones d where d.file_id::text = o.file)

     union all
     select 'error', 'source_missing', f.file_id, f.attempt,
       format('Its source, version "%s" of %s, is not in the bucket.', f.source_version, f.s3_key)
     from files f
     where f.attempt > 0 and f.queued_at < $1
       -- It failed for that very reason.
       and f.failure_code is distinct from 'source_changed'
       and f.original_deleted_at is null
       and not exists (
         select from seen_objects o where o.bucket = 'raw' and o.s3_key = f.s3_key
           and f.source_version in (o.version_id, ''))

     union all
     -- Until the last URL has expired, there may be another upload: its event causes another deletion.
     select case when greatest(o.modified_at, d.deleted_at) > late.at then 'warning' else 'error' end,
       'deleted_object', d.file_id, d.attempt,
       format('It was deleted, but %s is still in the bucket.', o.s3_key)
     from tombstones d cross join late
     join lateral (
       select r.s3_key, r.modified_at from seen_objects r
       where r.bucket = 'raw' and r.s3_key = d.s3_key
       union all
       select p.s3_key, p.modified_at from processed p where p.file = d.file_id::text
       union all
       select p.s3_key, p.modified_at from stills p where p.file = d.file_id::text
     ) o on true
     where d.clean_after is null or d.clean_after > now()

     union all
     select case when greatest(o.modified_at, deleted_at) > late.at then 'warning' else 'error' end,
       'expired_object', f.file_id, f.attempt,
       format('It is no longer kept, but %s is still in the bucket.', o.s3_key)
     from files f cross join late
     join lateral (
       select r.s3_key, r.modified_at, f.original_deleted_at as deleted_at from seen_objects r
       where r.bucket = 'raw' and r.s3_key = f.s3_key and f.original_deleted_at < $1
       union all
       select p.s3_key, p.modified_at, f.result_deleted_at from processed p
       where p.s3_key = f.processed_key and f.result_deleted_at < $1
     ) o on true
     -- Until then the sweep will delete it.
     where f.clean_after is null

     order by invariant, file_id, attempt, sentence`,
    [listedAt, settleSeconds],
  );
  return rows;
}
