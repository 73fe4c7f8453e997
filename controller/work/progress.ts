import type { AttemptRef, ChunkLeaseRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import type { ProgressRequest } from "@transpod/contract/work-protocol.ts";
import { recordChunkReport } from "@transpod/store/chunk-leases.ts";
import { isOwnOutput } from "@transpod/store/chunks.ts";
import { getOwnCut } from "@transpod/store/cuts.ts";
import { recordProgress } from "@transpod/store/work.ts";
import { changeChunk } from "./change-chunk.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";

/** Stores the worker's report, and tells the worker to stop when it is fenced. */
export async function progress(
  deps: WorkDeps,
  ref: AttemptRef,
  report: ProgressRequest,
): Promise<Record<string, never>> {
  const { lease, chunk } = report;
  const done =
    chunk === undefined
      ? await recordOfAttempt(deps, { ...ref, lease }, report)
      : await recordOfChunk(deps, { ...ref, lease, chunk }, report);
  if (done) return {};
  throw new FencedError(ref);
}

/** A report may be overtaken by the cut that follows it: its worker is not fenced. */
async function recordOfAttempt(
  { pool }: WorkDeps,
  ref: LeaseRef,
  report: ProgressRequest,
): Promise<boolean> {
  if (await recordProgress(pool, ref, report)) return true;
  return (await getOwnCut(pool, ref)) !== undefined;
}

/** A report may be overtaken by the completion that follows it: its worker is not fenced. */
async function recordOfChunk(
  deps: WorkDeps,
  ref: ChunkLeaseRef,
  report: ProgressRequest,
): Promise<boolean> {
  const recorded = await changeChunk(deps, ref, (client) => recordChunkReport(client, ref, report));
  return recorded || (await isOwnOutput(deps.pool, ref));
}
