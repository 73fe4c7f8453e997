import type { FileState } from "@transpod/contract/states.ts";
import type { Database } from "./database.ts";

/** The data of a file while it is uploaded. */
export interface UploadRow {
  file_id: string;
  s3_key: string;
  state: FileState;
  /** Set when the upload is found in S3. */
  source_version: string | null;
  declared_size_bytes: number | null;
  declared_content_type: string | null;
  /** The multipart upload that has begun. */
  upload_id: string | null;
  upload_until: Date;
}

const columns = `file_id, s3_key, state, source_version, declared_size_bytes, declared_content_type,
  upload_id, upload_until`;

export async function getUpload(db: Database, fileId: string): Promise<UploadRow | undefined> {
  const { rows } = await db.query<UploadRow>(`select ${columns} from files where file_id = $1`, [
    fileId,
  ]);
  return rows[0];
}

/**
 * Keeps a file from expiring for at least `seconds`; call it before a URL with that life is signed.
 * Undefined when the file does not wait for its upload (any more).
 */
export async function prolongUpload(
  db: Database,
  fileId: string,
  seconds: number,
): Promise<UploadRow | undefined> {
  const { rows } = await db.query<UploadRow>(
    `update files
     set upload_until = greatest(upload_until, now() + make_interval(secs => $2))
     where file_id = $1 and state = 'awaiting_upload'
     returning ${columns}`,
    [fileId, seconds],
  );
  return rows[0];
}

/** False when the file does not wait for its upload, or has another multipart upload than `before`. */
export async function setMultipart(
  db: Database,
  fileId: string,
  { before, after }: { before: string | null; after: string | null },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update files set upload_id = $3
     where file_id = $1 and state = 'awaiting_upload' and upload_id is not distinct from $2`,
    [fileId, before, after],
  );
  return rowCount === 1;
}

/** Fails a file that was not uploaded in time. False when it was uploaded, or its time is not over. */
export async function expireUpload(db: Database, fileId: string, detail: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update files set state = 'failed', failure_code = 'upload_expired', failure_detail = $2
     where file_id = $1 and state = 'awaiting_upload' and upload_until < now()`,
    [fileId, detail],
  );
  return rowCount === 1;
}

/** Files that no longer wait for an upload, but still have parts of one. */
export async function uploadsToAbort(
  db: Database,
  limit: number,
): Promise<Pick<UploadRow, "file_id" | "s3_key">[]> {
  const { rows } = await db.query<Pick<UploadRow, "file_id" | "s3_key">>(
    `select file_id, s3_key from files
     where upload_id is not null and state <> 'awaiting_upload' limit $1`,
    [limit],
  );
  return rows;
}

/**
 * Records that a file has no parts any more. Files that wait for their upload are left alone: they may
 * get more parts.
 */
export async function markAborted(db: Database, fileId: string): Promise<void> {
  await db.query(
    `update files set upload_id = null where file_id = $1 and state <> 'awaiting_upload'`,
    [fileId],
  );
}
