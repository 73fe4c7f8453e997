import type pg from "pg";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
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
import {
  countDeleted,
  deleteOriginal,
  deleteResults,
  type FileObjectDeps,
} from "./file-objects.ts";

export interface ExpiryDeps extends FileObjectDeps {
  pool: pg.Pool;
  settings: ControllerSettings;
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
  const { file_id, s3_key, original, result } = file;
  const originals = original ? await deleteOriginal(deps, s3_key) : 0;
  const results = result ? await deleteResults(deps, file_id) : 0;
  crashPoint("expired_objects_removed");
  await markFileCleaned(deps.pool, file);
  countDeleted(deps, file_id, originals + results);
}
