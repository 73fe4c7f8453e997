import { inTransaction, type Database } from "./database.ts";

/** The record of a deleted file. */
export interface Tombstone {
  file_id: string;
  s3_key: string;
  /** The last one, whose Job may still run; 0 when there was none. */
  attempt: number;
  /** When to look for its objects next, in Postgres' format with microseconds; null for never. */
  clean_after: string | null;
  /** Whether that is now. */
  due: boolean;
}

/**
 * Deletes a file and its attempts, and creates a tombstone, by which its Job and its objects are
 * removed later. False when the file does not exist (any more).
 */
export async function deleteFile(db: Database, fileId: string): Promise<boolean> {
  return await inTransaction(db, async (client) => {
    // Attempts first, as in every statement that ends one.
    await client.query(`select from transactions where file_id = $1 order by attempt for update`, [
      fileId,
    ]);
    const { rowCount } = await client.query(
      `with deleted as (
         delete from files where file_id = $1 returning file_id, s3_key, attempt, api_key_id
       )
       insert into tombstones (file_id, s3_key, attempt, api_key_id)
       select file_id, s3_key, attempt, api_key_id from deleted`,
      [fileId],
    );
    await client.query(`delete from progress where file_id = $1`, [fileId]);
    return rowCount === 1;
  });
}

export async function getTombstone(db: Database, fileId: string): Promise<Tombstone | undefined> {
  const { rows } = await db.query<Tombstone>(
    `select file_id, s3_key, attempt, clean_after::text, coalesce(clean_after <= now(), false) as due
     from tombstones where file_id = $1`,
    [fileId],
  );
  return rows[0];
}

/** Ids of the deleted files whose objects must be looked for now. */
export async function tombstonesToClean(db: Database, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ file_id: string }>(
    `select file_id from tombstones where clean_after <= now() order by clean_after limit $1`,
    [limit],
  );
  return rows.map((row) => row.file_id);
}

/**
 * Records that no object was left. Until the last presigned URL has expired, after a week at most,
 * something may still be uploaded: so it is checked again, with twice the delay each time. Changes
 * nothing when something was uploaded since the tombstone was read.
 */
export async function markCleaned(
  db: Database,
  { file_id, clean_after }: Pick<Tombstone, "file_id" | "clean_after">,
): Promise<void> {
  await db.query(
    `update tombstones
     set clean_after = case when deleted_at > now() - interval '8 days'
       then now() + greatest(now() - deleted_at, interval '1 minute') end
     where file_id = $1 and clean_after = $2`,
    [file_id, clean_after],
  );
}

/**
 * Makes the tombstone due now, because an object has just been uploaded. False when there is no
 * tombstone.
 */
export async function markUncleaned(db: Database, fileId: string, s3Key: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `with due as (
       update tombstones set clean_after = now() where file_id = $1 and s3_key = $2 returning file_id
     )
     select pg_notify('transpod_files', file_id::text) from due`,
    [fileId, s3Key],
  );
  return rowCount === 1;
}
