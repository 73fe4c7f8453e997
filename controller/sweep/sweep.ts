import { deleteOldDeliveries } from "@transpod/store/deliveries.ts";
import { deleteExpiredSessions } from "@transpod/store/sessions.ts";
import { processingFiles } from "@transpod/store/sweeps.ts";
import { tombstonesToClean } from "@transpod/store/tombstones.ts";
import type { LaunchDeps } from "../launch/launcher.ts";
import { removeStale } from "../observe/reconcile.ts";
import { abortUploads } from "./abort-uploads.ts";
import { findMissedUploads, type MissedUploadDeps } from "./find-missed-uploads.ts";
import { shortenAuditLog } from "./shorten-audit-log.ts";
import type { UnknownUploads } from "./unknown-uploads.ts";
import { sendOutbox, type OutboxDeps } from "./send-outbox.ts";
import { removeChunks } from "./remove-chunks.ts";
import { removeExpired, type ExpiryDeps } from "./remove-expired.ts";
import { removeStills } from "./remove-stills.ts";
import { removeLeftovers, type LeftoverDeps } from "./remove-leftovers.ts";

export interface SweepDeps
  extends LaunchDeps, MissedUploadDeps, OutboxDeps, LeftoverDeps, ExpiryDeps {
  enqueue: (fileId: string) => void;
  unknownUploads: UnknownUploads;
}

/** The next sweep continues with the rest. */
const deletedBatch = 1_000;

/**
 * Compares the rows with S3, SQS and the Jobs, and repairs differences: uploads without an event,
 * messages that were not sent, parts that will not be joined, attempts whose Job changed without a
 * notification, Jobs that are no longer needed, objects of deleted files and of attempts without a
 * result, chunks of files that have ended, stills that no result has, sessions that have expired,
 * originals, results and records that are kept no longer.
 */
export async function sweep(deps: SweepDeps): Promise<void> {
  const parts = [
    findMissedUploads(deps).then(() => sendOutbox(deps)),
    abortUploads(deps),
    deps.unknownUploads.abortNext(),
    processingFiles(deps.pool).then((ids) => ids.forEach(deps.enqueue)),
    tombstonesToClean(deps.pool, deletedBatch).then((ids) => ids.forEach(deps.enqueue)),
    deleteDeliveries(deps),
    shortenAuditLog(deps),
    deleteExpiredSessions(deps.pool),
    sweepJobs(deps),
    removeLeftovers(deps),
    removeChunks(deps),
    removeStills(deps),
    removeExpired(deps),
  ];
  const failed = (await Promise.allSettled(parts)).filter((part) => part.status === "rejected");
  if (failed.length > 0) {
    throw new AggregateError(
      failed.map((part) => part.reason as unknown),
      "the sweep could not finish",
    );
  }
}

async function deleteDeliveries({ pool, settings }: SweepDeps): Promise<void> {
  if (settings.deliveryRetentionDays === 0) return;
  await deleteOldDeliveries(pool, settings.deliveryRetentionDays, deletedBatch);
}

async function sweepJobs(deps: SweepDeps): Promise<void> {
  for (const job of await deps.jobs.list()) {
    deps.enqueue(job.fileId);
    await removeStale(deps, job);
  }
}
