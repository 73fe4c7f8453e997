import { jobName } from "@transpod/contract/job-identity.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { getTombstone, markCleaned } from "@transpod/store/tombstones.ts";
import type { LaunchDeps } from "../launch/launcher.ts";
import {
  countDeleted,
  deleteOriginal,
  deleteResults,
  type FileObjectDeps,
} from "./file-objects.ts";

export interface PurgeDeps extends LaunchDeps, FileObjectDeps {}

/**
 * Removes what is left of a deleted file: first its Job, which might still write, then its objects.
 * Safe to repeat; it is repeated until it succeeds once. Does nothing for a file that was not deleted.
 */
export async function purgeDeletedFile(deps: PurgeDeps, fileId: string): Promise<void> {
  const { pool, jobs } = deps;
  const tombstone = await getTombstone(pool, fileId);
  if (tombstone === undefined) return;
  const { attempt, s3_key, due } = tombstone;
  if (attempt > 0) await jobs.remove(jobName({ fileId, attempt }));
  if (!due) return;
  crashPoint("deleted_job_removed");
  const originals = await deleteOriginal(deps, s3_key);
  crashPoint("deleted_original_removed");
  const results = await deleteResults(deps, fileId);
  crashPoint("deleted_results_removed");
  await markCleaned(pool, tombstone);
  countDeleted(deps, fileId, originals + results);
}
