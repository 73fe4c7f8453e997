import type { JobStatus } from "@transpod/contract/ports.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import type { AttemptRow } from "@transpod/store/attempts.ts";
import { markWorkersEnded, stopGrowing } from "@transpod/store/workers.ts";
import type { LaunchDeps } from "../launch/launcher.ts";

/**
 * Records which workers of an attempt's Job have ended, and has the Job start those that the attempt was
 * given. A Job that does not start them in time never will: their slots are given back.
 */
export async function compareWorkers(
  { pool, jobs, settings, log }: LaunchDeps,
  row: AttemptRow,
  job: JobStatus,
): Promise<void> {
  if (isTerminal(row.state)) return;
  const ref = { fileId: row.file_id, attempt: row.attempt };
  const { started, ended } = job.workers;
  if (ended > row.workers_ended) await markWorkersEnded(pool, ref, ended);
  if (started >= row.workers_started) return;
  if ((row.grown_seconds ?? 0) <= settings.lingerSeconds) {
    return await jobs.setWorkers(row.job_name, row.workers_started);
  }
  log.warn({ event: "job_not_grown", file_id: row.file_id, attempt: row.attempt, started });
  await stopGrowing(pool, ref, started);
}
