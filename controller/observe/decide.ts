import { failureOfExit, fencedExit, type FailureCode } from "@transpod/contract/failures.ts";
import type { JobStatus } from "@transpod/contract/ports.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import type { AttemptRow, Failure } from "@transpod/store/attempts.ts";
import type { ControllerSettings } from "../config.ts";
import { nextStep, type NextStep } from "./next-step.ts";

/** What to do about a file. `remove` ends a Job whose attempt is over. */
export type Action =
  | { kind: "none" }
  | { kind: "create" }
  | { kind: "remove" }
  | { kind: "wait"; why: string }
  | NextStep;

/**
 * Compares a file's current attempt with its Job. Pure. It depends on no event, only on the current
 * state of both, so it may be called at any time.
 */
export function decide(
  row: AttemptRow,
  job: JobStatus | undefined,
  settings: ControllerSettings,
): Action {
  if (isTerminal(row.state)) return decideAfterEnd(row, job, settings);
  if (row.state !== "processing") return { kind: "none" };
  if (!isLaunched(row)) return { kind: "create" };
  if (job === undefined) {
    return nextStep({ code: "job_lost", detail: "The Job no longer exists." }, row, settings);
  }
  if (row.launched_seconds > settings.jobDeadlineSeconds) {
    const detail = `The attempt took longer than ${settings.jobDeadlineSeconds} seconds.`;
    return nextStep({ code: "deadline_exceeded", detail }, row, settings);
  }
  if (!isActive(job)) {
    return nextStep({ ...failureOf(job), worker_log: job.workerLog }, row, settings);
  }
  return row.claimed
    ? decideWhileClaimed(row, job, settings)
    : decideWhileStarting(row, job, settings);
}

/** A claim proves the launch, even if the controller died before it recorded that. */
export function isLaunched(row: AttemptRow): boolean {
  return row.launched || row.claimed;
}

/**
 * Whether a Job has a worker that runs, or may still get one. A Job that has ended is kept for people
 * to see.
 */
export function isActive(job: JobStatus | undefined): boolean {
  return job?.phase === "waiting" || job?.phase === "running";
}

/**
 * A Job whose worker is just ending is left alone; one that takes too long is removed. The Job of a
 * cancelled file is removed at once: it has no result for people to look at.
 */
function decideAfterEnd(
  row: AttemptRow,
  job: JobStatus | undefined,
  settings: ControllerSettings,
): Action {
  const unwanted =
    row.state === "cancelled"
      ? job !== undefined
      : isActive(job) && (row.ended_seconds ?? 0) > settings.lingerSeconds;
  return { kind: unwanted ? "remove" : "none" };
}

/** There is no claim yet: the worker waits for a node, or is starting. */
function decideWhileStarting(
  row: AttemptRow,
  job: JobStatus,
  settings: ControllerSettings,
): Action {
  const why = job.why ?? "a place to run";
  if (row.launched_seconds > settings.startSeconds) {
    const detail = `No worker started within ${settings.startSeconds} seconds: it waited for ${why}.`;
    return nextStep({ code: "never_started", detail }, row, settings);
  }
  return job.phase === "waiting" ? { kind: "wait", why } : { kind: "none" };
}

/** A worker that claimed must send reports; one that was removed may be replaced by the platform. */
function decideWhileClaimed(row: AttemptRow, job: JobStatus, settings: ControllerSettings): Action {
  const limitSeconds = job.phase === "waiting" ? settings.startSeconds : settings.silenceSeconds;
  if (row.silent_seconds <= limitSeconds) {
    return job.phase === "waiting"
      ? { kind: "wait", why: job.why ?? "a replacement" }
      : { kind: "none" };
  }
  const detail = `The worker sent no report for ${Math.round(row.silent_seconds)} seconds.`;
  return nextStep({ code: silenceCode(job), detail }, row, settings);
}

function silenceCode(job: JobStatus): FailureCode {
  if (job.phase === "waiting") return "job_lost";
  // Its node is lost or being drained, which is not the worker's fault.
  return job.disrupted ? "interrupted" : "stalled";
}

/**
 * The failure of an attempt without a result, from the end of its Job: the worker could not report it.
 * Exit 0 and 20 count as failures here, since neither may leave an attempt open.
 */
function failureOf(job: JobStatus): Omit<Failure, "counted"> {
  if (job.disrupted) {
    return { code: "interrupted", detail: job.why ?? "The platform removed the worker." };
  }
  if (job.exitCode === null || job.exitCode === 0 || job.exitCode === fencedExit) {
    return { code: "no_result", detail: job.why ?? "The worker ended without a result." };
  }
  const detail = job.why ?? `The worker ended with exit code ${job.exitCode}.`;
  return { code: failureOfExit(job.exitCode), detail };
}
