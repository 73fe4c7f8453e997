import type { S3Client } from "@aws-sdk/client-s3";
import type pg from "pg";
import { abortUploads as abort } from "@transpod/runtime/delete-objects.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import { markAborted, uploadsToAbort } from "@transpod/store/uploads.ts";

export interface AbortUploadsDeps {
  pool: pg.Pool;
  s3: S3Client;
  rawBucket: string;
  log: Logger;
}

/** The next sweep continues with the rest. */
const batch = 100;

/** Removes the parts of files that were cancelled, have expired, or were uploaded in another way. */
export async function abortUploads({ pool, s3, rawBucket, log }: AbortUploadsDeps): Promise<void> {
  for (const { file_id, s3_key } of await uploadsToAbort(pool, batch)) {
    await abort(s3, { bucket: rawBucket, key: s3_key });
    await markAborted(pool, file_id);
    log.info({ event: "upload_aborted", file_id });
  }
}
