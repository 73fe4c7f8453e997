import { inTransaction } from "@transpod/store/database.ts";
import { lockSlots } from "@transpod/store/launches.ts";
import { addWorkers, readSharedSlots } from "@transpod/store/workers.ts";
import type { LaunchPendingDeps } from "../launch/launcher.ts";
import { shareSlots } from "./share-slots.ts";

/**
 * Gives the slots that no file waits for to videos that are cut. Reconciliation then has their Jobs start the
 * workers.
 */
export async function shareFreeSlots({
  pool,
  settings,
  log,
  enqueue,
}: LaunchPendingDeps): Promise<void> {
  const { maxRunningJobs, maxWorkersPerVideo, growthPauseSeconds } = settings;
  const grown = await inTransaction(pool, async (client) => {
    await lockSlots(client);
    const { free, attempts } = await readSharedSlots(client, maxRunningJobs, growthPauseSeconds);
    const limited = attempts.map((attempt) => ({
      ...attempt,
      // It may have been lowered since the Job was created.
      max_workers: Math.min(attempt.max_workers, maxWorkersPerVideo),
    }));
    const shares = shareSlots(free, limited).map((more, index) => ({ ...limited[index]!, more }));
    const growing = shares.filter(({ more }) => more > 0);
    for (const { file_id: fileId, attempt, more } of growing) {
      await addWorkers(client, { fileId, attempt }, more);
    }
    return growing;
  });
  for (const { file_id, attempt, more } of grown) {
    log.info({ event: "workers_added", file_id, attempt, more });
    enqueue(file_id);
  }
}
