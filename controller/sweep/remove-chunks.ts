import { chunksPrefix } from "@transpod/contract/object-keys.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import { cutsToRemove, forgetChunks, markChunksRemoved } from "@transpod/store/cuts.ts";
import type { ControllerSettings } from "../config.ts";
import type { LeftoverDeps } from "./remove-leftovers.ts";

export interface RemoveChunksDeps extends LeftoverDeps {
  settings: Pick<ControllerSettings, "workUrlSeconds">;
}

/** The next sweep continues with the rest. */
const batch = 100;

/**
 * Removes the chunks of files that have ended. A worker that was stopped may still upload one until its URL
 * expires: so they are removed a second time after that.
 */
export async function removeChunks(deps: RemoveChunksDeps): Promise<void> {
  const { pool, s3, processedBucket, settings } = deps;
  for (const ref of await cutsToRemove(pool, settings.workUrlSeconds, batch)) {
    if (!(await forgetChunks(pool, ref))) continue;
    await deleteObjects(s3, { bucket: processedBucket, key: chunksPrefix(ref.fileId) });
    await markChunksRemoved(pool, ref);
  }
}
