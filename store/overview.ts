import { unendedStates, type FileState } from "@transpod/contract/states.ts";
import type { Database } from "./database.ts";

/** Attempts that ended in the same way. Sizes in bytes, times in seconds. */
export interface EndedAttempts {
  outcome: "completed" | "failed" | "cancelled";
  failure_code: string | null;
  count: number;
  original_bytes: number;
  processed_bytes: number;
  video_seconds: number;
  processing_seconds: number;
}

/** How many files are in each state that is not the end, of one key or (null) of all; states without files are missing. */
export async function countUnended(
  db: Database,
  createdBy: string | null,
): Promise<Map<FileState, number>> {
  const { rows } = await db.query<{ state: FileState; count: number }>(
    `select state, count(*)::integer as count from files
     where state = any($1) and ($2::text is null or api_key_id = $2) group by state`,
    [unendedStates, createdBy],
  );
  return new Map(rows.map(({ state, count }) => [state, count]));
}

/** By outcome and reason, the most frequent first; those of deleted files are gone. */
export async function sumEndedAttempts(
  db: Database,
  { hours, createdBy }: { hours: number; createdBy: string | null },
): Promise<EndedAttempts[]> {
  const { rows } = await db.query<EndedAttempts>(
    `select outcome, failure_code, count(*)::integer as count,
       coalesce(sum((original->>'size_bytes')::float8), 0) as original_bytes,
       coalesce(sum((processed->>'size_bytes')::float8), 0) as processed_bytes,
       coalesce(sum((original->>'duration_seconds')::float8), 0) as video_seconds,
       coalesce(sum(extract(epoch from ended_at - claimed_at)::float8), 0) as processing_seconds
     from transactions t
     where ended_at > now() - make_interval(hours => $1)
       and ($2::text is null
         or exists (select from files f where f.file_id = t.file_id and f.api_key_id = $2))
     group by outcome, failure_code
     order by count desc, failure_code`,
    [hours, createdBy],
  );
  return rows;
}
