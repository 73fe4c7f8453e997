import { setTimeout as delay } from "node:timers/promises";
import { fencedExit } from "@transpod/contract/failures.ts";
import type { ChunkTask } from "@transpod/contract/chunk-protocol.ts";
import { FencedError } from "@transpod/transcoder-image/attempt/attempt-error.ts";
import { readConfig } from "@transpod/transcoder-image/config.ts";
import { WorkClient } from "@transpod/transcoder-image/work/work-client.ts";
import { cutVideo, encodeChunk, joinChunks } from "./noop-tasks.ts";

/**
 * A worker that cuts every video and encodes nothing, for tests of everything around several workers. A chunk
 * takes it `chunkMs`. A video named `dies-<chunk>.mp4` kills the first worker that has this chunk.
 */
const chunkMs = 400;
const chunks = 12;

const config = readConfig(process.env);
const { signal } = new AbortController();
const noop = { work: new WorkClient(config), signal };

async function encode(task: ChunkTask): Promise<void> {
  const { chunk, lease, file_name } = task;
  if (file_name === `dies-${chunk}.mp4` && lease === 1) process.kill(process.pid, "SIGKILL");
  await encodeChunk(noop, task, chunkMs);
}

/** Resolves with the exit code once there is nothing more to do. */
async function run(): Promise<number> {
  for (;;) {
    const task = await noop.work.claim({ worker: config.worker }, signal);
    if (task.task === "release") return 0;
    if (task.task === "whole") await cutVideo(noop, task, chunks);
    if (task.task === "chunk") await encode(task);
    if (task.task === "wait") await delay(50);
    if (task.task !== "join") continue;
    await joinChunks(noop, task);
    return 0;
  }
}

process.exit(
  await run().catch((error: unknown) => {
    if (error instanceof FencedError) return fencedExit;
    throw error;
  }),
);
