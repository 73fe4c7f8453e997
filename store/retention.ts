import type { Database } from "./database.ts";

/**
 * Decides that originals are no longer kept: nobody downloads or transcodes them from then on. At most `limit`, those
 * whose file ended first. Resolves with their number.
 */
export async function expireOriginals(db: Database, days: number, limit: number): Promise<number> {
  const kept = `state in ('completed', 'failed', 'cancelled') and source_version is not null`;
  return await expire(db, "original_deleted_at", kept, days, limit);
}

/** The same for originals whose client wanted them to be deleted after success. */
export async function expireUnwantedOriginals(db: Database, limit: number): Promise<number> {
  return await expire(
    db,
    "original_deleted_at",
    `state = 'completed' and delete_original`,
    0,
    limit,
  );
}

/** The same for results, with their stills. */
export async function expireResults(db: Database, days: number, limit: number): Promise<number> {
  return await expire(db, "result_deleted_at", `state = 'completed'`, days, limit);
}

/** `kept` is the condition of an index of migration 0019. */
async function expire(
  db: Database,
  column: "original_deleted_at" | "result_deleted_at",
  kept: string,
  days: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await db.query(
    `with due as (
       select file_id from files
       where ${kept} and ${column} is null and updated_at <= now() - make_interval(days => $1)
       order by updated_at
       limit $2
       for update skip locked
     ), decided as (
       update files f set ${column} = now(), clean_after = now()
       from due where f.file_id = due.file_id
       returning f.file_id
     )
     select pg_notify('transpod_files', file_id::text) from decided`,
    [days, limit],
  );
  return rowCount ?? 0;
}

/** A file of which objects must be deleted. */
export interface FileToClean {
  file_id: string;
  s3_key: string;
  original: boolean;
  result: boolean;
  /** In Postgres' format with microseconds. */
  clean_after: string;
}

/**
 * Takes the file that has been due longest. It is due again after ten seconds, unless markFileCleaned is called: so one
 * whose objects can't be deleted does not keep the others waiting.
 */
export async function takeFileToClean(db: Database): Promise<FileToClean | undefined> {
  const { rows } = await db.query<FileToClean>(
    `update files set clean_after = now() + interval '10 seconds'
     where file_id = (
       select file_id from files where clean_after <= now()
       order by clean_after limit 1 for update skip locked
     )
     returning file_id, s3_key, original_deleted_at is not null as original,
       result_deleted_at is not null as result, clean_after::text`,
  );
  return rows[0];
}

/** Records that nothing is left. Changes nothing when more has become due since the file was taken. */
export async function markFileCleaned(
  db: Database,
  { file_id, clean_after }: FileToClean,
): Promise<void> {
  await db.query(`update files set clean_after = null where file_id = $1 and clean_after = $2`, [
    file_id,
    clean_after,
  ]);
}

/** Has an upload deleted that came after its file's original was. */
export async function cleanOriginalAgain(db: Database, fileId: string): Promise<void> {
  await db.query(
    `update files set clean_after = now() where file_id = $1 and original_deleted_at is not null`,
    [fileId],
  );
}

/**
 * Forgets files that were deleted more than `days` ago and whose objects are gone, with their history and arrivals, in
 * one statement: one without the others would be a breach. At most `limit`; resolves with their number. An event
 * that comes later all the same is of an unknown file, and starts nothing.
 */
export async function forgetDeletedFiles(
  db: Database,
  days: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await db.query(
    `with gone as (
       select file_id, s3_key from tombstones
       where clean_after is null and deleted_at < now() - make_interval(days => $1)
       order by deleted_at
       limit $2
       for update skip locked
     ), arrivals as (
       delete from inbox i using gone where i.s3_key = gone.s3_key
     ), told as (
       delete from history h using gone where h.file_id = gone.file_id
     )
     delete from tombstones t using gone where t.file_id = gone.file_id`,
    [days, limit],
  );
  return rowCount ?? 0;
}

/** Forgets objects that belonged to no file; a repeated event would only record them again. */
export async function forgetForeignArrivals(
  db: Database,
  days: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await db.query(
    `delete from inbox where (bucket, s3_key, version_id, etag) in (
       select bucket, s3_key, version_id, etag from inbox
       where disposition = 'foreign' and received_at < now() - make_interval(days => $1)
       order by received_at
       limit $2
       for update skip locked
     )`,
    [days, limit],
  );
  return rowCount ?? 0;
}
