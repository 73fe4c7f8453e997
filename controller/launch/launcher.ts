import type pg from "pg";
import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import type { JobPort } from "@transpod/contract/ports.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { markLaunched, reserveSlots, type LaunchRow } from "@transpod/store/launches.ts";
import type { ControllerSettings } from "../config.ts";
import type { ControllerMetrics } from "../metrics.ts";
import { endAttempt } from "../observe/end-attempt.ts";

export interface LaunchDeps {
  pool: pg.Pool;
  jobs: JobPort;
  settings: ControllerSettings;
  metrics: ControllerMetrics;
  log: Logger;
}

/** Gives free slots to pending files and creates their Jobs. */
export async function launchPending(deps: LaunchDeps): Promise<void> {
  const rows = await inTransaction(deps.pool, (client) =>
    reserveSlots(client, deps.settings.maxRunningJobs),
  );
  await Promise.all(rows.map((row) => createJob(deps, row)));
}

/**
 * Creates the Job of a reserved attempt. Safe to repeat: the name makes it the same Job. When it
 * throws, the attempt stays reserved and the sweep creates the Job later.
 */
export async function createJob(deps: LaunchDeps, row: LaunchRow): Promise<void> {
  const ref: LeaseRef = { fileId: row.file_id, attempt: row.attempt, lease: row.lease };
  const fields = { file_id: row.file_id, attempt: row.attempt, job_name: row.job_name };
  const created = await deps.jobs.create({
    ...ref,
    name: row.job_name,
    sourceSizeBytes: row.source_size_bytes,
    memoryScale: row.memory_scale,
    deadlineSeconds: deps.settings.jobDeadlineSeconds,
  });
  if (created === "name_taken") {
    const detail = `A Job named ${row.job_name} that is not Transpod's stands in the way. Delete it.`;
    const failure = { code: "job_name_taken", detail, counted: true } as const;
    await endAttempt(deps, ref, { kind: "fail", failure });
    return;
  }
  if (!(await markLaunched(deps.pool, ref))) return;
  deps.metrics.launched.inc();
  if (row.attempt === 1 && row.event_at !== null) {
    deps.metrics.eventToJob.observe(Math.max(0, Date.now() - row.event_at.getTime()) / 1000);
  }
  deps.log.info({ event: "job_created", created, ...fields });
}
