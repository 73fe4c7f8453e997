import type { Service } from "@transpod/runtime/process.ts";
import { readDemand } from "@transpod/store/launches.ts";
import { listenForFiles } from "@transpod/store/notifications.ts";
import { shareFreeSlots } from "./chunks/share-free-slots.ts";
import { startIntake, type IntakeDeps } from "./intake/intake.ts";
import { launchPending } from "./launch/launcher.ts";
import { ObservationWindow } from "./observe/observation-window.ts";
import { reconcile, type ReconcileDeps } from "./observe/reconcile.ts";
import { sweep, type SweepDeps } from "./sweep/sweep.ts";
import { UnknownUploads } from "./sweep/unknown-uploads.ts";
import { startDelivery } from "./webhooks/delivery.ts";
import { WorkQueue } from "./work-queue.ts";

/** The engine creates the observation window, the queue of files and the UnknownUploads itself. */
export interface EngineDeps
  extends
    IntakeDeps,
    Omit<ReconcileDeps, "observationWindow">,
    Omit<SweepDeps, "enqueue" | "unknownUploads"> {
  /** For LISTEN, which needs a separate connection. */
  databaseUrl: string;
}

export interface Engine extends Service {
  /** Queues a file for reconciliation, because it or its Job may have changed. */
  enqueue(fileId: string): void;
}

/**
 * Starts the work that one controller at a time does: intake, launch, observe, sweep and webhooks. Two
 * at once would do everything twice but no harm, since every write is a compare-and-set.
 */
export function startEngine(baseDeps: EngineDeps): Engine {
  const { log, settings } = baseDeps;
  const onError = (key: string, err: unknown) => log.error({ event: "work_failed", key, err });
  const observationWindow = new ObservationWindow();
  const files = new WorkQueue({
    handle: (fileId) => reconcile({ ...baseDeps, observationWindow }, fileId),
    concurrency: 8,
    onError,
  });
  const enqueue = (fileId: string) => files.add(fileId);
  const deps = { ...baseDeps, enqueue, unknownUploads: new UnknownUploads(baseDeps) };

  const webhooks = startDelivery(baseDeps);
  const chores = new WorkQueue({ handle: run, concurrency: 3, onError });
  async function run(chore: string): Promise<void> {
    if (chore === "sweep") return await sweep(deps);
    if (chore === "webhooks") return await webhooks.look();
    const demand = await readDemand(deps.pool);
    if (demand.files) await launchPending(deps);
    if (demand.workers) await shareFreeSlots(deps);
    observationWindow.tick();
  }

  const notifications = listenForFiles(baseDeps.databaseUrl, {
    onFile(fileId) {
      enqueue(fileId);
      chores.add("launch");
      chores.add("webhooks");
    },
    onConnect() {
      chores.add("launch");
      chores.add("sweep");
    },
    onError: (err) => log.warn({ event: "listen_failed", err }),
  });
  const intake = startIntake(baseDeps);
  // The end of a backoff causes no notification, so a timer looks for it.
  const backoffTimer = setInterval(() => {
    chores.add("launch");
    chores.add("webhooks");
  }, 1_000);
  const sweepTimer = setInterval(() => chores.add("sweep"), settings.sweepSeconds * 1_000);

  return {
    enqueue,
    async stop() {
      clearInterval(backoffTimer);
      clearInterval(sweepTimer);
      const queues = [files, chores].map((queue) => queue.close());
      await Promise.all([intake.stop(), notifications.close(), webhooks.stop(), ...queues]);
    },
  };
}
