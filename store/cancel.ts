import { isTerminal, type FileState } from "@transpod/contract/states.ts";
import type { Database } from "./database.ts";

/**
 * Cancels a file, and with it the attempt that is open: its worker is fenced from then on. False when
 * there is nothing to cancel: the file has ended, or does not exist.
 */
export async function cancelFile(db: Database, fileId: string): Promise<boolean> {
  for (;;) {
    if (await cancelNow(db, fileId)) return true;
    const { rows } = await db.query<{ state: FileState }>(
      `select state from files where file_id = $1`,
      [fileId],
    );
    const [file] = rows;
    if (file === undefined || isTerminal(file.state)) return false;
    // The file moved on while we looked: a first attempt began, or the next one. Cancel that.
  }
}

/**
 * As in every statement that ends an attempt, its row is locked first: the statement that holds the
 * lock decides.
 */
async function cancelNow(db: Database, fileId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `with ended as (
       update transactions t set outcome = 'cancelled', ended_at = now()
       from files f
       where f.file_id = $1 and f.state in ('pending', 'processing')
         and t.file_id = f.file_id and t.attempt = f.attempt and t.outcome is null
       returning t.file_id, t.attempt
     ), forgotten as (
       delete from progress p using ended e where p.file_id = e.file_id and p.attempt = e.attempt
     )
     update files f set state = 'cancelled'
     where f.file_id = $1
       and (f.state in ('awaiting_upload', 'uploaded')
         or (f.state in ('pending', 'processing')
           and f.attempt = (select attempt from ended)))`,
    [fileId],
  );
  return rowCount === 1;
}
