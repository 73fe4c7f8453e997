import type pg from "pg";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Tracing } from "@transpod/runtime/tracing.ts";
import { getTrace, listChunkTraces } from "@transpod/store/traces.ts";
import { stepsOf } from "./steps.ts";

export interface TraceDeps {
  pool: pg.Pool;
  log: Logger;
  /** Undefined when no traces are sent. */
  tracing?: Tracing | undefined;
}

/** Adds an attempt that has ended to the trace of its file. Nothing waits for this, and its failure is only logged. */
export function traceAttempt({ pool, log, tracing }: TraceDeps, ref: AttemptRef): void {
  if (tracing === undefined) return;
  const read = Promise.all([getTrace(pool, ref), listChunkTraces(pool, ref)]);
  read
    .then(([row, chunks]) => {
      if (row !== undefined) tracing.record(row.traceparent, stepsOf(row, chunks));
    })
    .catch((err: unknown) => log.warn({ event: "attempt_not_traced", file_id: ref.fileId, err }));
}
