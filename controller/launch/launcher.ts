import type pg from "pg";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import type { JobPort } from "@transpod/contract/ports.ts";
import { transcodeSettings } from "@transpod/contract/transcode-settings.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { AttemptRow } from "@transpod/store/attempts.ts";
import { inTransaction } from "@transpod/store/database.ts";
import {
  markLaunched,
  markWaiting,
  reserveSlots,
  setMaxWorkers,
} from "@transpod/store/launches.ts";
import { maxWorkersOf } from "../chunks/max-workers.ts";
import type { ControllerSettings } from "../config.ts";
import type { ControllerMetrics } from "../metrics.ts";
import { endAttempt } from "../observe/end-attempt.ts";
import type { TraceDeps } from "../tracing/trace-attempt.ts";

type Created = Awaited<ReturnType<JobPort["create"]>>;

export interface LaunchDeps extends TraceDeps {
  pool: pg.Pool;
  jobs: JobPort;
  settings: ControllerSettings;
  metrics: ControllerMetrics;
  log: Logger;
}

export interface LaunchPendingDeps extends LaunchDeps {
  enqueue: (fileId: string) => void;
}

/** Gives free slots to pending files. Reconciliation then creates their Jobs. */
export async function launchPending({ pool, settings, enqueue }: LaunchPendingDeps): Promise<void> {
  const rows = await inTransaction(pool, (client) => reserveSlots(client, settings.maxRunningJobs));
  for (const row of rows) enqueue(row.file_id);
}

/**
 * Creates the Job of a reserved attempt. Safe to repeat: the same name means the same Job. When it
 * throws, the attempt stays reserved and is tried again.
 */
export async function createJob(deps: LaunchDeps, row: AttemptRow): Promise<Created> {
  const ref: LeaseRef = { fileId: row.file_id, attempt: row.attempt, lease: row.lease };
  const fields = { file_id: row.file_id, attempt: row.attempt, job_name: row.job_name };
  crashPoint("slot_reserved");
  const created = await askForJob(deps, ref, row);
  if (created === "name_taken") {
    const detail = `There is a Job named ${row.job_name} that Transpod did not create. Delete it and retry the file.`;
    const failure = { code: "job_name_taken", detail, counted: true } as const;
    await endAttempt(deps, ref, { kind: "fail", failure });
    return created;
  }
  crashPoint("job_created");
  if (!(await markLaunched(deps.pool, ref))) return created;
  deps.metrics.launched.inc();
  if (row.attempt === 1 && row.event_at !== null) {
    deps.metrics.eventToJob.observe(Math.max(0, Date.now() - row.event_at.getTime()) / 1000);
  }
  deps.log.info({ event: "job_created", created, ...fields });
  return created;
}

/** When it fails, the file's status has the reason in `waiting_for`. */
async function askForJob(
  { jobs, settings, pool, metrics }: LaunchDeps,
  ref: LeaseRef,
  row: AttemptRow,
): Promise<Created> {
  const maxWorkers = maxWorkersOf(row, transcodeSettings.parse(row.settings), settings);
  // Written first: a claim must not offer more workers than the Job can have.
  await setMaxWorkers(pool, ref, maxWorkers);
  try {
    return await jobs.create({
      ...ref,
      name: row.job_name,
      sourceSizeBytes: row.source_size_bytes,
      memoryScale: row.memory_scale,
      // The platform's deadline is for when no controller runs. The controller's own comes first,
      // because it records the reason.
      deadlineSeconds: settings.jobDeadlineSeconds + settings.lingerSeconds,
      maxWorkers,
    });
  } catch (error) {
    metrics.refused.inc();
    const why = error instanceof TranspodError ? error.message : "The Job can't be created yet.";
    await markWaiting(pool, ref, why);
    throw error;
  }
}
