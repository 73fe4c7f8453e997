import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { getAttempt, type Failure } from "@transpod/store/attempts.ts";
import { endAttempt } from "../observe/end-attempt.ts";
import { nextStep } from "../observe/next-step.ts";
import type { WorkDeps } from "./deps.ts";

/** Ends an attempt because one of its chunks failed. All its workers are fenced. Does nothing when it is over. */
export async function endCutAttempt(
  deps: WorkDeps,
  ref: AttemptRef,
  cause: Omit<Failure, "counted">,
): Promise<void> {
  const row = await getAttempt(deps.pool, ref.fileId);
  if (row === undefined || row.attempt !== ref.attempt) return;
  const step = nextStep(cause, row, deps.settings);
  await endAttempt(deps, { ...ref, lease: row.lease }, step);
}
