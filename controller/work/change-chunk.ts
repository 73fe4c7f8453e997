import type pg from "pg";
import type { ChunkLeaseRef } from "@transpod/contract/job-identity.ts";
import { updateCutProgress } from "@transpod/store/chunk-leases.ts";
import { lockAttempt, markHeard } from "@transpod/store/claims.ts";
import { inTransaction } from "@transpod/store/database.ts";
import type { WorkDeps } from "./deps.ts";

/**
 * Records what a worker says of its chunk, while the attempt is locked: the attempt was heard, and the progress of the
 * whole video follows. False when the attempt is over, or the change is refused.
 */
export async function changeChunk(
  { pool, settings }: Pick<WorkDeps, "pool" | "settings">,
  ref: ChunkLeaseRef,
  change: (client: pg.PoolClient) => Promise<boolean>,
): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    if (!(await lockAttempt(client, ref))) return false;
    if (!(await change(client))) return false;
    await markHeard(client, ref);
    await updateCutProgress(client, ref, settings.silenceSeconds);
    return true;
  });
}
