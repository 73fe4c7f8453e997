import type { AttemptRef, ChunkLeaseRef } from "@transpod/contract/job-identity.ts";
import type { ProgressRequest } from "@transpod/contract/work-protocol.ts";
import { recordChunkReport, updateCutProgress } from "@transpod/store/chunk-leases.ts";
import { lockAttempt, markHeard } from "@transpod/store/claims.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { recordProgress } from "@transpod/store/work.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";

/** Stores the worker's report, and tells the worker to stop when it is fenced. */
export async function progress(
  deps: WorkDeps,
  ref: AttemptRef,
  report: ProgressRequest,
): Promise<Record<string, never>> {
  const { lease, chunk } = report;
  const recorded =
    chunk === undefined
      ? await recordProgress(deps.pool, { ...ref, lease }, report)
      : await recordOfChunk(deps, { ...ref, lease, chunk }, report);
  if (recorded) return {};
  throw new FencedError(ref);
}

async function recordOfChunk(
  { pool, settings }: WorkDeps,
  ref: ChunkLeaseRef,
  report: ProgressRequest,
): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    if (!(await lockAttempt(client, ref))) return false;
    if (!(await recordChunkReport(client, ref, report))) return false;
    await markHeard(client, ref);
    await updateCutProgress(client, ref, settings.silenceSeconds);
    return true;
  });
}
