import type pg from "pg";
import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { failFile, retryFile } from "@transpod/store/attempts.ts";
import { inTransaction } from "@transpod/store/database.ts";
import type { ControllerMetrics } from "../metrics.ts";
import { traceAttempt, type TraceDeps } from "../tracing/trace-attempt.ts";
import { failureEvent, recordOnJob, type RecordDeps } from "./job-event.ts";
import type { NextStep } from "./next-step.ts";

export interface EndDeps extends RecordDeps, TraceDeps {
  pool: pg.Pool;
  metrics: ControllerMetrics;
}

/** Ends an attempt as decided. False when it is over, or another worker has claimed it meanwhile. */
export async function endAttempt(deps: EndDeps, ref: LeaseRef, step: NextStep): Promise<boolean> {
  const ended = await inTransaction(deps.pool, (client) =>
    step.kind === "fail"
      ? failFile(client, ref, step.failure)
      : retryFile(client, ref, step.failure, step.retry),
  );
  if (!ended) {
    deps.metrics.stale.inc();
    return false;
  }
  crashPoint("failure_committed");
  deps.metrics.finished.inc({ reason: step.failure.code });
  deps.log.info({
    event: step.kind === "fail" ? "file_failed" : "attempt_retried",
    file_id: ref.fileId,
    attempt: ref.attempt,
    code: step.failure.code,
    detail: step.failure.detail,
  });
  recordOnJob(deps, ref, failureEvent(ref, step));
  traceAttempt(deps, ref);
  return true;
}
