import { jobName, type LeaseRef } from "@transpod/contract/job-identity.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import type { JobStatus } from "@transpod/contract/ports.ts";
import { getAttempt, type AttemptRow } from "@transpod/store/attempts.ts";
import { markWaiting } from "@transpod/store/launches.ts";
import { compareWorkers } from "../chunks/compare-workers.ts";
import { createJob, type LaunchDeps } from "../launch/launcher.ts";
import { purgeDeletedFile, type PurgeDeps } from "../sweep/purge-deleted-file.ts";
import { decide, isActive, isLaunched, type Action } from "./decide.ts";
import { endAttempt } from "./end-attempt.ts";
import type { ObservationWindow } from "./observation-window.ts";

export interface ReconcileDeps extends PurgeDeps {
  observationWindow: ObservationWindow;
}

/** Reads a file's row and its Job again, decides and acts. Losing a call costs only latency. */
export async function reconcile(deps: ReconcileDeps, fileId: string): Promise<void> {
  const read = await getAttempt(deps.pool, fileId);
  // No attempt yet, or a file that was deleted.
  if (read === undefined) return await purgeDeletedFile(deps, fileId);
  const silent_seconds = Math.min(read.silent_seconds, deps.observationWindow.seconds());
  const row = { ...read, silent_seconds };
  // Before the launch nothing depends on the Job, and a request for a missing one takes time.
  const early = !isTerminal(row.state) && !isLaunched(row);
  const job = early ? undefined : await deps.jobs.get(row.job_name);
  const action = decide(row, job, deps.settings);
  await apply(deps, row, job, action);
  const goesOn = action.kind === "none" || action.kind === "wait";
  if (goesOn && job !== undefined) await compareWorkers(deps, row, job);
}

async function apply(
  deps: ReconcileDeps,
  row: AttemptRow,
  job: JobStatus | undefined,
  action: Action,
): Promise<void> {
  const ref: LeaseRef = { fileId: row.file_id, attempt: row.attempt, lease: row.lease };
  switch (action.kind) {
    case "none":
      return;
    case "create":
      await removePredecessor(deps, row);
      // A Job that exists already may have changed before we watched it.
      if ((await createJob(deps, row)) === "exists") await reconcile(deps, row.file_id);
      return;
    case "remove":
      return await deps.jobs.remove(row.job_name);
    case "wait":
      return await markWaiting(deps.pool, ref, action.why);
    case "fail":
    case "retry":
      // First the row: this fences the old worker, whether its Job ends or not.
      if (!(await endAttempt(deps, ref, action))) return;
      observeEnd(deps, job);
      if (isActive(job)) await deps.jobs.remove(row.job_name);
  }
}

function observeEnd({ metrics }: LaunchDeps, job: JobStatus | undefined): void {
  const endedAt = job?.endedAt?.getTime();
  if (endedAt !== undefined) metrics.endToRow.observe(Math.max(0, Date.now() - endedAt) / 1000);
}

/**
 * Ends the Job of the previous attempt, if it still runs: a client cancelled and retried the file
 * before we looked, or a controller died before removing the Job.
 */
async function removePredecessor(deps: LaunchDeps, row: AttemptRow): Promise<void> {
  if (row.attempt === 1) return;
  const name = jobName({ fileId: row.file_id, attempt: row.attempt - 1 });
  if (isActive(await deps.jobs.get(name))) await deps.jobs.remove(name);
}

/** Ends a Job whose attempt is no longer the current one: a controller died before removing it. */
export async function removeStale(deps: LaunchDeps, job: JobStatus): Promise<void> {
  if (!isActive(job)) return;
  const row = await getAttempt(deps.pool, job.fileId);
  const stale = row === undefined || job.attempt < row.attempt;
  if (stale) await deps.jobs.remove(job.name);
}
