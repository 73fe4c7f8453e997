import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { FailRequest } from "@transpod/contract/work-protocol.ts";
import { getAttempt } from "@transpod/store/attempts.ts";
import { getLease } from "@transpod/store/work.ts";
import { countWork } from "../metrics.ts";
import { failChunk } from "./fail-chunk.ts";
import { endAttempt } from "../observe/end-attempt.ts";
import { nextStep } from "../observe/next-step.ts";
import type { WorkDeps } from "./deps.ts";
import { repeatAnswer } from "./repeat-answer.ts";

/** Ends an attempt, or the lease of a chunk, as its worker reports. Safe to repeat. */
export async function fail(
  deps: WorkDeps,
  ref: AttemptRef,
  request: FailRequest,
): Promise<Record<string, never>> {
  const { chunk, lease } = request;
  if (chunk !== undefined) return await failChunk(deps, { ...ref, chunk, lease }, request);
  const began = performance.now();
  const own = { ...ref, lease };
  const heard = await getLease(deps.pool, own);
  const row = await getAttempt(deps.pool, ref.fileId);
  if (heard === undefined || row === undefined) return await repeatAnswer(deps, own, "failed");
  const { code, detail, original, phase_times, worker_log } = request;
  if (code === "interrupted" && row.max_workers > 1) {
    // Kubernetes replaces it, and the next claim gets its task. Elsewhere, the end of its Job ends the attempt.
    deps.log.info({
      event: "worker_interrupted",
      file_id: ref.fileId,
      attempt: ref.attempt,
      lease,
    });
    return {};
  }
  const step = nextStep({ code, detail, original, phase_times, worker_log }, row, deps.settings);
  if (!(await endAttempt(deps, own, step))) return await repeatAnswer(deps, own, "failed");
  countWork(deps.metrics, phase_times);
  deps.metrics.endToRow.observe((performance.now() - began) / 1000);
  return {};
}
