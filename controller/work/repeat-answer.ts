import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import { getEnd, type EndedRow } from "@transpod/store/work.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";

/**
 * Answers a worker whose attempt is over: with success when this lease ended it in this way and only
 * the answer was lost. Throws FencedError otherwise.
 */
export async function repeatAnswer(
  deps: WorkDeps,
  ref: LeaseRef,
  outcome: EndedRow["outcome"],
): Promise<Record<string, never>> {
  const end = await getEnd(deps.pool, ref);
  if (end?.outcome === outcome && end.lease === ref.lease) return {};
  throw new FencedError(ref);
}
