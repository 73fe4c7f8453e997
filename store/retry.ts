import { jobName } from "@transpod/contract/job-identity.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { inTransaction, type Database } from "./database.ts";

/**
 * Queues a file that failed or was cancelled for a new attempt, at the end of the queue and with a new
 * count of failures. False when it is in any other state, nothing was ever uploaded, or the
 * original was deleted. The new attempt gets as much memory as the last one, since the file still needs
 * it. `settings` replace the earlier ones.
 */
export async function requeueFile(
  db: Database,
  fileId: string,
  settings?: TranscodeSettings,
): Promise<boolean> {
  return await inTransaction(db, async (client) => {
    const attempt = await beginSeries(client, fileId, settings);
    if (attempt === undefined) return false;
    await client.query(
      `insert into transactions (file_id, attempt, job_name, memory_scale, event_at)
       values ($1, $2, $3,
         coalesce((select memory_scale from transactions where file_id = $1 and attempt = $2 - 1), 1),
         (select event_at from transactions where file_id = $1 and attempt = $2 - 1))`,
      [fileId, attempt, jobName({ fileId, attempt })],
    );
    return true;
  });
}

/** The row's lock makes parallel calls wait; all but the first then find the file pending. */
async function beginSeries(
  db: Database,
  fileId: string,
  settings: TranscodeSettings | undefined,
): Promise<number | undefined> {
  const { rows } = await db.query<{ attempt: number }>(
    `update files
     set state = 'pending', attempt = attempt + 1, first_attempt = attempt + 1,
       failure_code = null, failure_detail = null, queued_at = now(), launch_after = '-infinity',
       settings = coalesce($2, settings)
     where file_id = $1 and state in ('failed', 'cancelled') and source_version is not null
       and original_deleted_at is null
     returning attempt`,
    [fileId, settings],
  );
  return rows[0]?.attempt;
}
