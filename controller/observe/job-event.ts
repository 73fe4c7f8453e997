import { jobName, type AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobEvent, JobPort } from "@transpod/contract/ports.ts";
import type { CompleteRequest } from "@transpod/contract/work-protocol.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { NextStep } from "./next-step.ts";

export interface RecordDeps {
  jobs: JobPort;
  log: Logger;
}

/**
 * Records as an event of the Job how its attempt ended. Called after the commit, and not awaited: this
 * information for people must not delay or undo the change itself.
 */
export function recordOnJob({ jobs, log }: RecordDeps, ref: AttemptRef, event: JobEvent): void {
  const name = jobName(ref);
  jobs
    .recordEvent(name, event)
    .catch((err: unknown) => log.warn({ event: "job_event_not_recorded", job_name: name, err }));
}

export function failureEvent({ attempt }: AttemptRef, step: NextStep): JobEvent {
  const { code, detail, counted } = step.failure;
  const reason = `${detail} (${code})`;
  if (step.kind === "fail") {
    return {
      type: "Warning",
      reason: "FileFailed",
      message: `${reason} There is no further attempt.`,
    };
  }
  const { delaySeconds, memoryScale } = step.retry;
  const when = delaySeconds > 0 ? ` in ${delaySeconds} s` : " at once";
  const memory = memoryScale > 1 ? ` with ${memoryScale} times the memory` : "";
  const uncounted = counted ? "" : " This failure is not counted.";
  const follows = `Attempt ${attempt + 1} follows${when}${memory}.${uncounted}`;
  return { type: "Warning", reason: "AttemptRetried", message: `${reason} ${follows}` };
}

export interface Completion {
  original: Pick<CompleteRequest["original"], "codec" | "size_bytes">;
  target_codec: string;
  size_bytes: number;
}

export function completionEvent({ original, target_codec, size_bytes }: Completion): JobEvent {
  const from = `${original.codec} (${original.size_bytes} bytes)`;
  const to = `${target_codec} (${size_bytes} bytes)`;
  return { type: "Normal", reason: "FileCompleted", message: `Transcoded from ${from} to ${to}.` };
}
