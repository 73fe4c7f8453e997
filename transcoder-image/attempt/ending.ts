import { failures, fencedExit, type FailureCode } from "@transpod/contract/failures.ts";
import { isDiskFull } from "../transfer/free-space.ts";
import { AttemptError, FencedError } from "./attempt-error.ts";

/** The end of a process without a result: its exit code, and the report to the controller. */
export interface Ending {
  exit: number;
  report: { code: FailureCode; detail: string } | null;
}

/** The one place where errors become exit codes. */
export function endingOf(error: unknown): Ending {
  if (error instanceof FencedError) return { exit: fencedExit, report: null };
  if (error instanceof AttemptError) return ending(error.code, error.message);
  if (isDiskFull(error)) {
    return ending("disk_full", "The disk of the worker is full.");
  }
  return ending("internal_error", `The worker failed: ${textOf(error)}`);
}

function ending(code: FailureCode, detail: string): Ending {
  // 2000 is the contract's limit; a report with only the code is better than none.
  const sentence = detail.slice(0, 2000) || code;
  return { exit: failures[code].exit ?? 1, report: { code, detail: sentence } };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
