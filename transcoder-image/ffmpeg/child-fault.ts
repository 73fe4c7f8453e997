import { AttemptError } from "../attempt/attempt-error.ts";

/** The fields of execa's result that are used here. */
export interface ChildEnd {
  timedOut: boolean;
  isMaxBuffer: boolean;
  exitCode?: number | undefined;
  signal?: string | undefined;
}

/** ffprobe and queries to ffmpeg take seconds even on slow disks. */
export const answerTimeoutMs = 60_000;

/**
 * Why a process gave no answer, or null when it did: any exit code of its own is an answer about the
 * file. Everything else is a fault of the worker, not of the file. Pure. A SIGKILL that was not ours is
 * the kernel's: out of memory.
 */
export function childFault(name: string, end: ChildEnd): AttemptError | null {
  if (end.timedOut) return noAnswer(name);
  if (end.isMaxBuffer) {
    return new AttemptError("internal_error", `${name} printed more than the worker can read.`);
  }
  if (typeof end.exitCode === "number") return null;
  if (end.signal === "SIGKILL") {
    return new AttemptError("out_of_memory", `${name} ran out of memory.`);
  }
  if (end.signal !== undefined) {
    return new AttemptError("internal_error", `${name} ended with ${end.signal}.`);
  }
  return new AttemptError("internal_error", `The worker can't run ${name}: is it installed?`);
}

export function noAnswer(name: string): AttemptError {
  return new AttemptError("stalled", `${name} did not answer in time.`);
}
