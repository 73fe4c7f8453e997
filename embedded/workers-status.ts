import { releasedExit } from "@transpod/contract/failures.ts";
import type { JobStatus } from "@transpod/contract/ports.ts";

/** How one worker of a Job ended. */
export interface WorkerEnd {
  exitCode: number | null;
  disrupted: boolean;
  at: Date;
}

type WorkersStatus = Pick<
  JobStatus,
  "phase" | "exitCode" | "disrupted" | "why" | "endedAt" | "workers"
>;

/** The status of a Job that started so many workers, from those that have ended, in the order of their end. Pure. */
export function workersStatus(started: number, ends: readonly WorkerEnd[]): WorkersStatus {
  const common = { why: null, workers: { started, ended: ends.length } };
  const success = ends.find(({ exitCode }) => exitCode === 0);
  if (success === undefined && ends.length < started) {
    return { ...common, phase: "running", exitCode: null, disrupted: false, endedAt: null };
  }
  const decisive =
    success ?? ends.findLast(({ exitCode }) => exitCode !== releasedExit) ?? ends.at(-1);
  return {
    ...common,
    phase: success === undefined ? "failed" : "succeeded",
    exitCode: decisive?.exitCode ?? null,
    disrupted: decisive?.disrupted ?? false,
    endedAt: (success ?? ends.at(-1))?.at ?? null,
  };
}
