import { failures, type FailureCode } from "@transpod/contract/failures.ts";
import type { AttemptRow, Failure, Retry } from "@transpod/store/attempts.ts";
import type { ControllerSettings } from "../config.ts";

export type NextStep =
  { kind: "fail"; failure: Failure } | { kind: "retry"; failure: Failure; retry: Retry };

type Limits = Pick<
  ControllerSettings,
  "maxAttempts" | "maxDisruptions" | "maxMemoryScale" | "retryDelaySeconds"
>;
type FailureHistory = Pick<
  AttemptRow,
  "counted_failures" | "uncounted_failures" | "memory_scale" | "cut"
>;

/**
 * The next step after a failed attempt: the file fails when the file is the cause or no attempts are
 * left, else it gets another attempt. Attempts that the platform ended are not counted, but have a
 * limit of their own.
 */
export function nextStep(
  cause: Omit<Failure, "counted">,
  past: FailureHistory,
  limits: Limits,
): NextStep {
  const verdict = verdictOf(cause.code, past.cut);
  const failure: Failure = { ...cause, counted: verdict !== "uncounted" };
  if (verdict === "final") return { kind: "fail", failure };
  if (verdict === "uncounted") {
    return past.uncounted_failures >= limits.maxDisruptions
      ? { kind: "fail", failure }
      : { kind: "retry", failure, retry: { delaySeconds: 0, memoryScale: past.memory_scale } };
  }
  if (past.counted_failures + 1 >= limits.maxAttempts) return { kind: "fail", failure };
  if (cause.code === "out_of_memory") {
    const memoryScale = past.memory_scale * 2;
    if (memoryScale > limits.maxMemoryScale) return { kind: "fail", failure };
    return { kind: "retry", failure, retry: { delaySeconds: 0, memoryScale } };
  }
  const { initial, max } = limits.retryDelaySeconds;
  const delaySeconds = Math.min(max, initial * 2 ** past.counted_failures);
  return { kind: "retry", failure, retry: { delaySeconds, memoryScale: past.memory_scale } };
}

/** A result that differs from the source may come from cutting it: the next attempt encodes it as a whole. */
function verdictOf(code: FailureCode, cut: boolean): (typeof failures)[FailureCode]["verdict"] {
  return cut && code === "verification_failed" ? "counted" : failures[code].verdict;
}
