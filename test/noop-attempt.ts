import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ChunkTask, WholeTask } from "@transpod/contract/chunk-protocol.ts";
import type { FailureCode } from "@transpod/contract/failures.ts";
import type { Assignment } from "@transpod/contract/work-protocol.ts";
import { AttemptError, FencedError } from "@transpod/transcoder-image/attempt/attempt-error.ts";
import { downloadFile } from "@transpod/transcoder-image/transfer/download.ts";
import type { WorkClient } from "@transpod/transcoder-image/work/work-client.ts";
import {
  cutVideo,
  encodeChunk,
  joinChunks,
  publish,
  resultOfChunks,
  type NoopWorker,
} from "./noop-tasks.ts";

const nothing = Buffer.from("transcoded");

/** Of `cut.mp4`. */
const chunks = 8;
const chunkMs = 300;
/** What is published for `cut.mp4`, whether it is cut or not. */
export const resultOfCut = resultOfChunks(chunks);

/**
 * Runs an attempt without transcoding: publishes a few bytes, or ends in the way that the file's name
 * says (`exit-13.mp4`, `say-stalled.mp4`, `hang.mp4`); `copy.mp4` publishes what it downloaded, and `cut.mp4`
 * or `cut-7.mp4` is cut into chunks if it may have several workers. With the prefix `once-` only the first
 * attempt fails. Resolves with the exit code.
 */
export async function noopAttempt(
  work: WorkClient,
  { worker, scratchDir }: { worker: string; scratchDir: string },
  signal: AbortSignal,
): Promise<number> {
  const noop = { work, signal };
  for (;;) {
    const task = await work.claim({ worker }, signal);
    switch (task.task) {
      case "release":
        return 0;
      case "wait":
        await delay(task.seconds * 1_000, undefined, { signal });
        break;
      case "chunk":
        await tryChunk(noop, task);
        break;
      case "join":
        await joinChunks(noop, task);
        return 0;
      case "whole": {
        const end = await processWhole(noop, task, scratchDir);
        if (end !== "again") return end;
      }
    }
  }
}

async function tryChunk(noop: NoopWorker, task: ChunkTask): Promise<void> {
  try {
    await encodeChunk(noop, task, chunkMs);
  } catch (error) {
    // Another worker was faster with this chunk; there may be others.
    if (!(error instanceof FencedError)) throw error;
  }
}

/** Resolves with the exit code, or with "again" when the video was cut. */
async function processWhole(
  noop: NoopWorker,
  task: WholeTask,
  scratchDir: string,
): Promise<number | "again"> {
  const asked = task.file_name.replace(/\.\w+$/, "");
  const [, once, verb, detail] = /^(once-)?(exit|say|hang|cut)(?:-(\w+))?$/.exec(asked) ?? [];
  if (asked === "copy") {
    const copied = await download(noop, task, join(scratchDir, "source"));
    if (typeof copied === "string") return await giveUp(noop, task, copied);
    return await publishAll(noop, task, copied);
  }
  if (verb === undefined || (once !== undefined && task.attempt > 1)) {
    return await publishAll(noop, task, nothing);
  }
  if (verb === "cut") {
    if (task.max_workers === 1) return await publishAll(noop, task, resultOfCut);
    await cutVideo(noop, task, chunks);
    return "again";
  }
  if (verb === "exit") return Number(detail);
  if (verb === "say") return await giveUp(noop, task, detail as FailureCode);
  // A promise alone would not keep the process alive.
  setInterval(() => {}, 60_000);
  return await new Promise(() => {});
}

/** Like the transcoder. Resolves with the bytes, or with a failure code. */
async function download(
  { work, signal }: NoopWorker,
  { lease, source }: Assignment,
  path: string,
): Promise<Buffer<ArrayBuffer> | FailureCode> {
  const { url, etag, size_bytes: sizeBytes } = source;
  const renew = () => work.source({ lease }, signal);
  try {
    await downloadFile({ url, renew, etag, sizeBytes, path, onProgress: () => {}, signal });
    return await readFile(path);
  } catch (error) {
    if (error instanceof AttemptError) return error.code;
    throw error;
  }
}

async function publishAll(
  noop: NoopWorker,
  task: WholeTask,
  bytes: Buffer<ArrayBuffer>,
): Promise<number> {
  await publish(noop, task, bytes);
  return 0;
}

async function giveUp(
  { work, signal }: NoopWorker,
  { lease }: Assignment,
  code: FailureCode,
): Promise<number> {
  await work.fail({ lease, code, detail: "As the name asks.", phase_times: {} }, signal);
  return 1;
}
