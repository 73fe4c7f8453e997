import type pg from "pg";
import type { FailureCode } from "@transpod/contract/failures.ts";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { leaseChunk, endLeasesOf, endSilentLeases } from "@transpod/store/chunk-leases.ts";
import { readChunks, readOutputs, type ChunkRow, type OutputRow } from "@transpod/store/chunks.ts";
import {
  lockAttempt,
  markHeard,
  readClaimable,
  type ClaimableRow,
} from "@transpod/store/claims.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { claimAttempt, type ClaimRow, type SourceRow } from "@transpod/store/work.ts";
import { nextTask, type NextTask } from "../chunks/next-task.ts";
import type { ControllerSettings } from "../config.ts";
import type { WorkDeps } from "./deps.ts";

/** The task that a worker got, as the rows say it. */
export type TakenTask =
  | { task: "whole"; row: ClaimRow; maxWorkers: number }
  | { task: "chunk"; row: SourceRow; lease: number; chunk: ChunkRow; chunkFrames: number[] }
  | { task: "join"; row: ClaimRow; outputs: OutputRow[] }
  | { task: "wait" }
  | { task: "release" }
  | { task: "giveUp"; chunk: number; code: FailureCode };

/** Gives a worker its next task. Undefined when the attempt is over. */
export async function takeTask(
  { pool, settings }: Pick<WorkDeps, "pool" | "settings">,
  ref: AttemptRef,
  worker: string,
): Promise<TakenTask | undefined> {
  return await inTransaction(pool, async (client) => {
    if (!(await lockAttempt(client, ref))) return undefined;
    const attempt = await readClaimable(client, ref, settings.maxRunningJobs);
    if (attempt === undefined) return undefined;
    if (attempt.cut) return await takeFromCut(client, settings, attempt, ref, worker);
    const row = await claimAttempt(client, ref, worker);
    return row && { task: "whole", row, maxWorkers: attempt.max_workers };
  });
}

async function takeFromCut(
  client: pg.PoolClient,
  { silenceSeconds, maxAttempts }: ControllerSettings,
  attempt: ClaimableRow,
  ref: AttemptRef,
  worker: string,
): Promise<TakenTask | undefined> {
  // Its last answer was lost, or it gave the chunk up.
  await endLeasesOf(client, ref, worker);
  const { joiner, silent_seconds, others_wait: othersWait } = attempt;
  const chunks = await readChunks(client, ref, silenceSeconds);
  const next = nextTask({
    ...{ chunks, othersWait, maxFailures: maxAttempts },
    othersJoin: joiner !== null && joiner !== worker && silent_seconds <= silenceSeconds,
  });
  switch (next.kind) {
    case "join": {
      const row = await claimAttempt(client, ref, worker);
      return row && { task: "join", row, outputs: await readOutputs(client, ref.fileId) };
    }
    case "chunk":
      await endSilentLeases(client, ref, next.chunk.chunk, silenceSeconds);
      await markHeard(client, ref);
      return await takeChunk(client, { attempt, chunks, next, ref, worker });
    case "wait":
      await markHeard(client, ref);
      return { task: "wait" };
    case "release":
      // Not heard: the joiner's silence must be seen.
      return { task: "release" };
    case "giveUp":
      return { task: "giveUp", chunk: next.chunk, code: next.code };
  }
}

interface ChunkChoice {
  attempt: ClaimableRow;
  chunks: readonly ChunkRow[];
  next: NextTask & { kind: "chunk" };
  ref: AttemptRef;
  worker: string;
}

async function takeChunk(
  client: pg.PoolClient,
  { attempt, chunks, next: { chunk }, ref, worker }: ChunkChoice,
): Promise<TakenTask | undefined> {
  const lease = await leaseChunk(client, ref, chunk.chunk, worker);
  if (lease === undefined) return undefined;
  const chunkFrames = chunks.map(({ frames }) => frames);
  return { task: "chunk", row: attempt, lease, chunk, chunkFrames };
}
