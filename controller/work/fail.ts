import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { FailRequest } from "@transpod/contract/work-protocol.ts";
import { getAttempt } from "@transpod/store/attempts.ts";
import { getEnd, getLease } from "@transpod/store/work.ts";
import { endAttempt } from "../observe/end-attempt.ts";
import { nextStep } from "../observe/next-step.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";

/** Ends an attempt by the worker's own word. Safe to repeat. */
export async function fail(
  deps: WorkDeps,
  ref: AttemptRef,
  said: FailRequest,
): Promise<Record<string, never>> {
  const began = performance.now();
  const lease = await getLease(deps.pool, { ...ref, lease: said.lease });
  const row = await getAttempt(deps.pool, ref.fileId);
  if (lease === undefined || row === undefined) return await answerAgain(deps, ref, said.lease);
  const { code, detail, original, phase_times } = said;
  const step = nextStep({ code, detail, original, phase_times }, row, deps.settings);
  if (!(await endAttempt(deps, ref, step))) return await answerAgain(deps, ref, said.lease);
  deps.metrics.endToRow.observe((performance.now() - began) / 1000);
  return {};
}

async function answerAgain(
  deps: WorkDeps,
  ref: AttemptRef,
  lease: number,
): Promise<Record<string, never>> {
  const end = await getEnd(deps.pool, ref);
  if (end?.outcome === "failed" && end.lease === lease) return {};
  throw new FencedError(ref);
}
