import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { ProgressRequest } from "@transpod/contract/work-protocol.ts";
import { recordProgress } from "@transpod/store/work.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";

/** Stores the worker's report, and tells the worker to stop when it is fenced. */
export async function progress(
  deps: WorkDeps,
  ref: AttemptRef,
  report: ProgressRequest,
): Promise<Record<string, never>> {
  if (await recordProgress(deps.pool, { ...ref, lease: report.lease }, report)) return {};
  throw new FencedError(ref);
}
