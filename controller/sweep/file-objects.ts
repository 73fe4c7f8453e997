import type { S3Client } from "@aws-sdk/client-s3";
import { processedPrefix } from "@transpod/contract/object-keys.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { ControllerMetrics } from "../metrics.ts";

/** Deleting what the buckets have of a file: all is safe to repeat. */

export interface FileObjectDeps {
  s3: S3Client;
  rawBucket: string;
  processedBucket: string;
  metrics: ControllerMetrics;
  log: Logger;
}

/** Resolves with the number of objects. */
export function deleteOriginal({ s3, rawBucket }: FileObjectDeps, s3Key: string): Promise<number> {
  return deleteObjects(s3, { bucket: rawBucket, key: s3Key });
}

/** Stills too. Resolves with the number of objects. */
export function deleteResults(
  { s3, processedBucket }: FileObjectDeps,
  fileId: string,
): Promise<number> {
  return deleteObjects(s3, { bucket: processedBucket, key: processedPrefix(fileId) });
}

/** To be called when nothing of them is left. */
export function countDeleted(
  { metrics, log }: FileObjectDeps,
  fileId: string,
  objects: number,
): void {
  if (objects === 0) return;
  metrics.objectsDeleted.inc(objects);
  log.info({ event: "objects_deleted", file_id: fileId, objects });
}
