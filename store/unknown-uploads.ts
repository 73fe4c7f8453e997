import type { Database } from "./database.ts";

/** A multipart upload that S3 listed, with a key in our layout. */
export interface SeenUpload {
  /** From the key. */
  file_id: string;
  s3_key: string;
  upload_id: string;
  begun_at: Date;
}

/**
 * The uploads that are in no row and began longer ago than `olderThanSeconds`; a younger one may be about to
 * be recorded. An upload to a key that we never issued belongs to someone else and is not returned.
 */
export async function unknownUploads(
  db: Database,
  uploads: readonly SeenUpload[],
  olderThanSeconds: number,
): Promise<SeenUpload[]> {
  const { rows } = await db.query<SeenUpload>(
    `select u.file_id, u.s3_key, u.upload_id, u.begun_at
     from json_to_recordset($1)
       as u(file_id uuid, s3_key text, upload_id text, begun_at timestamptz)
     join lateral (
       select s3_key from files where file_id = u.file_id
       union all
       select s3_key from tombstones where file_id = u.file_id
     ) ours on u.s3_key = ours.s3_key or starts_with(u.s3_key, u.file_id || '/')
     where u.begun_at < now() - make_interval(secs => $2)
       and not exists (
         select from files f where f.file_id = u.file_id and f.upload_id = u.upload_id)
       and not exists (
         select from transactions t where t.file_id = u.file_id and t.upload_id = u.upload_id)`,
    [JSON.stringify(uploads), olderThanSeconds],
  );
  return rows;
}
