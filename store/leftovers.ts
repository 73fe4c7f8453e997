import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { Database } from "./database.ts";

export interface LeftoverRow {
  file_id: string;
  attempt: number;
  upload_key: string;
}

/** Attempts that ended without a result, and had begun to upload one. */
export async function leftovers(db: Database, limit: number): Promise<LeftoverRow[]> {
  const { rows } = await db.query<LeftoverRow>(
    `select file_id, attempt, upload_key from transactions
     where upload_id is not null and outcome in ('failed', 'cancelled')
     order by ended_at limit $1`,
    [limit],
  );
  return rows;
}

/** Records that nothing of an attempt's upload is left. */
export async function forgetUpload(db: Database, ref: AttemptRef): Promise<void> {
  await db.query(
    `update transactions set upload_id = null
     where file_id = $1 and attempt = $2 and outcome in ('failed', 'cancelled')`,
    [ref.fileId, ref.attempt],
  );
}
