import type { JobStatus } from "@transpod/contract/ports.ts";

/** How one worker of a Job ended. */
export interface WorkerEnd {
  exitCode: number | null;
  disrupted: boolean;
  at: Date;
  /** The last lines that it wrote (contract/worker-log.ts); null for none. */
  workerLog: string | null;
}

type WorkersStatus = Pick<
  JobStatus,
  "phase" | "exitCode" | "disrupted" | "why" | "endedAt" | "workers" | "workerLog"
>;

/** The status of a Job that started so many workers, from those that have ended, in the order of their end. Pure. */
export function workersStatus(started: number, ends: readonly WorkerEnd[]): WorkersStatus {
  const common = { why: null, workers: { started, ended: ends.length } };
  if (ends.length < started) {
    return { ...common, phase: "running", exitCode: null, disrupted: false, endedAt: null };
  }
  const endedAt = ends.at(-1)?.at ?? null;
  const failure = ends.findLast(({ exitCode }) => exitCode !== 0);
  if (failure === undefined) {
    return { ...common, phase: "succeeded", exitCode: 0, disrupted: false, endedAt };
  }
  const { exitCode, disrupted, workerLog } = failure;
  const log = workerLog === null ? {} : { workerLog };
  return { ...common, phase: "failed", exitCode, disrupted, endedAt, ...log };
}
