import type { Database } from "./database.ts";

/**
 * Sets a file's priority, in any state: it is used whenever the file waits for a slot. Listeners are
 * notified, since positions in the queue may have changed. False when there is no such file, or it has
 * this priority already.
 */
export async function setPriority(
  db: Database,
  fileId: string,
  priority: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with changed as (
       update files set priority = $2 where file_id = $1 and priority <> $2 returning file_id
     )
     select pg_notify('transpod_files', file_id::text) from changed`,
    [fileId, priority],
  );
  return rowCount === 1;
}
