import type { S3Client } from "@aws-sdk/client-s3";
import type pg from "pg";
import { processedPrefix } from "@transpod/contract/object-keys.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import {
  expireOriginals,
  expireResults,
  expireUnwantedOriginals,
  forgetDeletedFiles,
  forgetForeignArrivals,
  markFileCleaned,
  takeFileToClean,
  type FileToClean,
} from "@transpod/store/retention.ts";
import type { ControllerSettings } from "../config.ts";
import type { ControllerMetrics } from "../metrics.ts";

export interface ExpiryDeps {
  pool: pg.Pool;
  s3: S3Client;
  rawBucket: string;
  processedBucket: string;
  settings: ControllerSettings;
  metrics: ControllerMetrics;
  log: Logger;
}

/** Of each statement, and of the files whose objects are deleted. The next sweep continues with the rest. */
const batch = 100;

/**
 * Lets originals, results and records expire. Rows decide first, each batch in a short statement; then the objects are
 * deleted, which is safe to repeat.
 */
export async function removeExpired(deps: ExpiryDeps): Promise<void> {
  const { pool, settings, log } = deps;
  const { originalRetentionDays, resultRetentionDays, recordRetentionDays } = settings;
  let originals = await expireUnwantedOriginals(pool, batch);
  if (originalRetentionDays > 0) {
    originals += await expireOriginals(pool, originalRetentionDays, batch);
  }
  const results =
    resultRetentionDays > 0 ? await expireResults(pool, resultRetentionDays, batch) : 0;
  if (originals + results > 0) {
    log.info({ event: "files_expired", originals, results });
    crashPoint("expiry_decided");
  }
  for (let files = 0; files < batch; files += 1) {
    const file = await takeFileToClean(pool);
    if (file === undefined) break;
    await clean(deps, file);
  }
  if (recordRetentionDays === 0) return;
  await forgetDeletedFiles(pool, recordRetentionDays, batch);
  await forgetForeignArrivals(pool, recordRetentionDays, batch);
}

async function clean(deps: ExpiryDeps, file: FileToClean): Promise<void> {
  const { pool, s3, rawBucket, processedBucket, metrics, log } = deps;
  const { file_id, s3_key, original, result } = file;
  let objects = 0;
  if (original) objects += await deleteObjects(s3, { bucket: rawBucket, key: s3_key });
  if (result) {
    const results = { bucket: processedBucket, key: processedPrefix(file_id) };
    objects += await deleteObjects(s3, results);
  }
  crashPoint("expired_objects_removed");
  await markFileCleaned(pool, file);
  if (objects === 0) return;
  metrics.objectsDeleted.inc(objects);
  log.info({ event: "objects_deleted", file_id, objects });
}
