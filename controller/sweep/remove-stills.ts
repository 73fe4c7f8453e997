import { stillsPrefix } from "@transpod/contract/object-keys.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import { abandonedStills, forgetStills } from "@transpod/store/stills.ts";
import type { RemoveChunksDeps } from "./remove-chunks.ts";

/** The next sweep continues with the rest. */
const batch = 100;
/** An upload that began before its URL expired may still run. */
const lateSeconds = 60;

/** Removes the stills of leases that published none, once their URLs have expired. */
export async function removeStills(deps: RemoveChunksDeps): Promise<void> {
  const { pool, s3, processedBucket, settings } = deps;
  for (const ref of await abandonedStills(pool, settings.workUrlSeconds + lateSeconds, batch)) {
    await deleteObjects(s3, { bucket: processedBucket, key: stillsPrefix(ref) });
    await forgetStills(pool, ref);
  }
}
