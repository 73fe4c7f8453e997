import type { S3Client } from "@aws-sdk/client-s3";
import { jobName } from "@transpod/contract/job-identity.ts";
import { processedPrefix } from "@transpod/contract/object-keys.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import { getTombstone, markCleaned } from "@transpod/store/tombstones.ts";
import type { LaunchDeps } from "../launch/launcher.ts";

export interface PurgeDeps extends LaunchDeps {
  s3: S3Client;
  rawBucket: string;
  processedBucket: string;
}

/**
 * Removes what is left of a deleted file: first its Job, which might still write, then its objects.
 * Safe to repeat; it is repeated until it succeeds once. Does nothing for a file that was not deleted.
 */
export async function purgeDeletedFile(deps: PurgeDeps, fileId: string): Promise<void> {
  const { pool, jobs, s3, rawBucket, processedBucket, metrics, log } = deps;
  const tombstone = await getTombstone(pool, fileId);
  if (tombstone === undefined) return;
  const { attempt, s3_key, due } = tombstone;
  if (attempt > 0) await jobs.remove(jobName({ fileId, attempt }));
  if (!due) return;
  crashPoint("deleted_job_removed");
  const originals = await deleteObjects(s3, { bucket: rawBucket, key: s3_key });
  crashPoint("deleted_original_removed");
  const results = { bucket: processedBucket, key: processedPrefix(fileId) };
  const objects = originals + (await deleteObjects(s3, results));
  crashPoint("deleted_results_removed");
  await markCleaned(pool, tombstone);
  if (objects === 0) return;
  metrics.objectsDeleted.inc(objects);
  log.info({ event: "objects_deleted", file_id: fileId, objects });
}
