import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fencedExit } from "@transpod/contract/failures.ts";
import type { ChunkTask, JoinTask, Task, WholeTask } from "@transpod/contract/chunk-protocol.ts";
import { aCut, outputOf, resultOf } from "@transpod/store/testing.ts";

/**
 * A worker that cuts every video and encodes nothing, for tests of everything around several workers. A chunk
 * takes it `chunkMs`. A video named `dies-<chunk>.mp4` kills the first worker that has this chunk.
 */
const chunkMs = 400;
const chunks = 12;

const { WORK_URL: workUrl = "", WORK_TOKEN: token = "", WORKER: worker = "" } = process.env;

class RefusedError extends Error {}

async function post<T>(operation: string, body: object): Promise<T> {
  const response = await fetch(`${workUrl}/work/${operation}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new RefusedError(`${operation}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function cut({ lease }: WholeTask): Promise<void> {
  await post("cut", { ...aCut, lease, chunk_frames: Array.from({ length: chunks }, () => 4) });
}

async function encode(task: ChunkTask): Promise<void> {
  const { chunk, lease, file_name, attempt } = task;
  if (file_name === `dies-${chunk}.mp4` && lease === 1) process.kill(process.pid, "SIGKILL");
  await post("progress", { chunk, lease, phase: "encode", percent: 50, frame: 2, fps: 5 });
  await sleep(chunkMs);
  const body = `chunk ${chunk}`;
  const { url } = await post<{ url: string }>("chunk-url", { chunk, lease });
  await fetch(url, { method: "PUT", body });
  const output = outputOf({ fileId: task.file_id, attempt, chunk, lease });
  await post("chunk-complete", { ...output, size_bytes: body.length });
}

/** Publishes what the chunks contain. */
async function join({ file_id: fileId, attempt, lease, chunks: encoded }: JoinTask): Promise<void> {
  const texts = encoded.map(async ({ url }) => await (await fetch(url)).text());
  const body = (await Promise.all(texts)).join("\n");
  const { parts } = await post<{ parts: { url: string }[] }>("parts", { lease, part_numbers: [1] });
  const put = await fetch(parts[0]!.url, { method: "PUT", body });
  await post("complete", {
    ...resultOf({ fileId, attempt, lease }),
    parts: [{ part_number: 1, etag: put.headers.get("etag") }],
    size_bytes: body.length,
    sha256: createHash("sha256").update(body).digest("hex"),
  });
}

/** Resolves with the exit code once there is nothing more to do. */
async function work(): Promise<number> {
  for (;;) {
    const task = await post<Task>("claim", { worker });
    if (task.task === "release") return 0;
    if (task.task === "whole") await cut(task);
    if (task.task === "chunk") await encode(task);
    if (task.task === "wait") await sleep(50);
    if (task.task !== "join") continue;
    await join(task);
    return 0;
  }
}

process.exit(
  await work().catch((error: unknown) => {
    if (error instanceof RefusedError) return fencedExit;
    throw error;
  }),
);
