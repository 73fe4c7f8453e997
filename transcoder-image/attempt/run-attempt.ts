import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Task } from "@transpod/contract/chunk-protocol.ts";
import { SourceIndex } from "../chunks/source-index.ts";
import { endingOf } from "./ending.ts";
import { removeFolder, runTask, type AttemptDeps } from "./run-task.ts";

/** Claims tasks of an attempt and runs them until there are no more. Resolves with the exit code; never rejects. */
export async function runAttempt(deps: AttemptDeps): Promise<number> {
  const { config, log, stop } = deps;
  const folder = await mkdtemp(join(config.scratchDir, "transpod-"));
  const sourceIndex = new SourceIndex(folder);
  try {
    for (;;) {
      const task = await claim(deps);
      if (typeof task === "number") return task;
      if (task.task === "release") {
        log.info({ event: "released" });
        return 0;
      }
      if (task.task === "wait") {
        await delay(task.seconds * 1000, undefined, { signal: stop }).catch(() => undefined);
        continue;
      }
      const end = await runTask({ ...deps, log: logOf(deps, task), sourceIndex }, task);
      if (end !== "again") return end;
    }
  } finally {
    await removeFolder(folder, log);
  }
}

/** A task, or the exit code when there is none. */
async function claim({ config, work, stop, log }: AttemptDeps): Promise<Task | number> {
  try {
    stop.throwIfAborted();
    return await work.claim({ worker: config.worker }, stop);
  } catch (error) {
    const ending = endingOf(stop.aborted ? stop.reason : error);
    log.error({ event: "claim_failed", exit: ending.exit, why: String(error) });
    return ending.exit;
  }
}

function logOf({ log }: AttemptDeps, task: Exclude<Task, { task: "wait" | "release" }>) {
  const { file_id, attempt, lease, file_name, source } = task;
  const chunk = task.task === "chunk" ? { chunk: task.chunk } : {};
  const ofTask = log.child({ file_id, attempt, lease, ...chunk });
  ofTask.info({ event: "claimed", task: task.task, file_name, size_bytes: source.size_bytes });
  return ofTask;
}
