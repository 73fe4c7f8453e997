import type { S3Client } from "@aws-sdk/client-s3";
import type pg from "pg";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import { forgetUpload, leftovers } from "@transpod/store/leftovers.ts";

export interface LeftoverDeps {
  pool: pg.Pool;
  s3: S3Client;
  processedBucket: string;
}

/** The next sweep continues with the rest. */
const batch = 100;

/**
 * Removes what attempts without a result have uploaded: parts, or a whole object that was joined before
 * a controller died and the row could point to it. Such an attempt is over, and nothing else uses its
 * key.
 */
export async function removeLeftovers({ pool, s3, processedBucket }: LeftoverDeps): Promise<void> {
  for (const { file_id: fileId, attempt, upload_key: key } of await leftovers(pool, batch)) {
    await deleteObjects(s3, { bucket: processedBucket, key });
    await forgetUpload(pool, { fileId, attempt });
  }
}
