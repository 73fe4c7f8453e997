import type { ObjectCreated } from "@transpod/contract/s3-event.ts";
import { fileIdOfRawKey } from "@transpod/contract/object-keys.ts";
import { jobName } from "@transpod/contract/job-identity.ts";
import type { Database } from "./database.ts";
import { cleanOriginalAgain } from "./retention.ts";
import { markUncleaned } from "./tombstones.ts";

/**
 * - `accepted`: the file is pending now, with this object version as its source.
 * - `superseded`: the file had already accepted another version, or no longer waits for one.
 * - `deleted`: the file was deleted; the object will be too.
 * - `foreign`: a key that we did not issue, or another bucket.
 */
export type Disposition = "accepted" | "superseded" | "deleted" | "foreign";

/**
 * Records that an object version was uploaded. Undefined when it is recorded already, by a message that
 * was delivered again. Call it inside a transaction, with objects in a stable order (by key), so that
 * two batches can't deadlock.
 */
export async function recordArrival(
  db: Database,
  object: ObjectCreated,
  from: { messageId: string; rawBucket: string },
): Promise<Disposition | undefined> {
  const fresh = await db.query(
    `insert into inbox (bucket, s3_key, version_id, etag, size_bytes, message_id, disposition,
                        event_at)
     values ($1, $2, $3, $4, $5, $6, 'foreign', $7)
     on conflict do nothing`,
    [
      object.bucket,
      object.key,
      object.version_id,
      object.etag,
      object.size_bytes,
      from.messageId,
      object.event_time,
    ],
  );
  if (fresh.rowCount === 0) return undefined;
  const disposition = object.bucket === from.rawBucket ? await disposeOf(db, object) : "foreign";
  await db.query(
    `update inbox set disposition = $5
     where bucket = $1 and s3_key = $2 and version_id = $3 and etag = $4`,
    [object.bucket, object.key, object.version_id, object.etag, disposition],
  );
  return disposition;
}

async function disposeOf(db: Database, object: ObjectCreated): Promise<Disposition> {
  const fileId = fileIdOfRawKey(object.key);
  if (fileId === undefined) return "foreign";
  const { rowCount: queued } = await db.query(
    `with queued as (
       update files
       set state = 'pending', attempt = 1, queued_at = now(),
           source_version = $3, source_etag = $4, source_size_bytes = $5
       where file_id = $1 and s3_key = $2
         and state in ('awaiting_upload', 'uploaded')
         and (source_version is null or source_version = $3)
       returning file_id, attempt
     )
     insert into transactions (file_id, attempt, job_name, event_at)
     select file_id, attempt, $6, $7 from queued`,
    [
      fileId,
      object.key,
      object.version_id,
      object.etag,
      object.size_bytes,
      jobName({ fileId, attempt: 1 }),
      object.event_time,
    ],
  );
  if (queued === 1) return "accepted";
  const { rowCount: ours } = await db.query(
    `select from files where file_id = $1 and s3_key = $2`,
    [fileId, object.key],
  );
  if (ours === 1) {
    await cleanOriginalAgain(db, fileId);
    return "superseded";
  }
  return (await markUncleaned(db, fileId, object.key)) ? "deleted" : "foreign";
}
