import type { EncodedChunk, Task } from "@transpod/contract/chunk-protocol.ts";
import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import { transcodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Assignment, ClaimRequest } from "@transpod/contract/work-protocol.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import type { OutputRow } from "@transpod/store/chunks.ts";
import { getEnd, type SourceRow } from "@transpod/store/work.ts";
import type { WorkDeps } from "./deps.ts";
import { endCutAttempt } from "./end-cut-attempt.ts";
import { FencedError } from "./fenced.ts";
import { signOutput, signSource } from "./sign.ts";
import { takeTask, type TakenTask } from "./take-task.ts";

/** How long a worker waits before it asks again, while the others encode the last chunks. */
const waitSeconds = 2;

/**
 * Gives the worker a task. The tasks `whole` and `join` fence every earlier worker of the attempt; a chunk
 * that is given again because its worker is silent fences that worker.
 */
export async function claim(
  deps: WorkDeps,
  ref: AttemptRef,
  { worker }: ClaimRequest,
): Promise<Task> {
  const taken = (await takeTask(deps, ref, worker)) ?? (await taskAfterEnd(deps, ref));
  const task = await toTask(deps, ref, taken);
  if (task.task !== "wait") {
    deps.log.info({
      event: taken.task === "whole" ? "attempt_claimed" : `${task.task}_claimed`,
      file_id: ref.fileId,
      attempt: ref.attempt,
      ...("lease" in task ? { lease: task.lease } : {}),
      ...("chunk" in task ? { chunk: task.chunk } : {}),
      worker,
    });
  }
  return task;
}

/** A worker that has nothing left to do ends well; one whose attempt failed or was cancelled does not. */
async function taskAfterEnd({ pool }: WorkDeps, ref: AttemptRef): Promise<TakenTask> {
  const end = await getEnd(pool, ref);
  if (end?.outcome === "completed") return { task: "release" };
  throw new FencedError(ref);
}

async function toTask(deps: WorkDeps, ref: AttemptRef, taken: TakenTask): Promise<Task> {
  switch (taken.task) {
    case "whole": {
      crashPoint("attempt_claimed");
      const { row, maxWorkers: max_workers } = taken;
      if (row.wait_seconds !== null) deps.metrics.jobToClaim.observe(row.wait_seconds);
      return {
        task: "whole",
        ...(await assign(deps, { ...ref, lease: row.lease }, row)),
        max_workers,
        chunk_seconds: deps.settings.chunkSeconds,
      };
    }
    case "chunk": {
      const { chunk, first_frame, frames } = taken.chunk;
      const base = await assign(deps, { ...ref, lease: taken.lease }, taken.row);
      const { chunkFrames: chunk_frames } = taken;
      return { task: "chunk", ...base, chunk, first_frame, frames, chunk_frames };
    }
    case "join": {
      const base = await assign(deps, { ...ref, lease: taken.row.lease }, taken.row);
      const chunks = await Promise.all(taken.outputs.map((row) => toEncodedChunk(deps, row)));
      return { task: "join", ...base, chunks };
    }
    case "wait":
      return { task: "wait", seconds: waitSeconds };
    case "release":
      return { task: "release" };
    case "giveUp": {
      const { chunk, code } = taken;
      const detail = `Chunk ${chunk} failed ${deps.settings.maxAttempts} times.`;
      await endCutAttempt(deps, ref, { code, detail });
      throw new FencedError(ref);
    }
  }
}

/** What each task has. */
async function assign(deps: WorkDeps, ref: LeaseRef, row: SourceRow): Promise<Assignment> {
  const url = await signSource(deps, row);
  return {
    file_id: ref.fileId,
    attempt: ref.attempt,
    lease: ref.lease,
    file_name: row.file_name,
    source: { url, size_bytes: row.source_size_bytes, etag: row.source_etag },
    settings: transcodeSettings.parse(row.settings),
    limits: deps.settings.limits,
    heartbeat_seconds: deps.settings.heartbeatSeconds,
  };
}

async function toEncodedChunk(
  deps: WorkDeps,
  { output_key, ...row }: OutputRow,
): Promise<EncodedChunk> {
  return { ...row, url: await signOutput(deps, output_key) };
}
