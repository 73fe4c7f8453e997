import type { ObjectCreated } from "@transpod/contract/s3-event.ts";
import type { Database } from "./database.ts";

/** A file whose upload may have arrived without its event. */
export interface MissedUpload {
  file_id: string;
  s3_key: string;
  /** Set already when the object was found before, but the message has not been received yet. */
  source_version: string | null;
  /** Whether the time for its upload is over. */
  expired: boolean;
}

/** Takes the files that were checked longest ago, and records that they are checked now. */
export async function takeMissedUploads(
  db: Database,
  olderThanSeconds: number,
  limit: number,
): Promise<MissedUpload[]> {
  const { rows } = await db.query<MissedUpload>(
    `update files set swept_at = now()
     where file_id in (
       select file_id from files
       where state in ('awaiting_upload', 'uploaded')
         and swept_at < now() - make_interval(secs => $1)
       order by swept_at
       limit $2
       for update skip locked
     )
     returning file_id, s3_key, source_version, upload_until < now() as expired`,
    [olderThanSeconds, limit],
  );
  return rows;
}

/**
 * Records that an object is uploaded, and pins its version as the source. Also true when that is
 * recorded already. The grace time for its event begins again. False when the file is in a later state.
 */
export async function markUploaded(
  db: Database,
  fileId: string,
  object: ObjectCreated,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update files set state = 'uploaded', source_version = $2, source_etag = $3,
       source_size_bytes = $4, swept_at = now()
     where file_id = $1 and state in ('awaiting_upload', 'uploaded')
       and (source_version is null or source_version = $2)`,
    [fileId, object.version_id, object.etag, object.size_bytes],
  );
  return rowCount === 1;
}

/** Ids of the files that a Job should be working on. */
export async function processingFiles(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ file_id: string }>(
    `select file_id from files where state = 'processing' order by updated_at`,
  );
  return rows.map((row) => row.file_id);
}
