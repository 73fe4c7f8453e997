import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ChunkTask, JoinTask, WholeTask } from "@transpod/contract/chunk-protocol.ts";
import type {
  Assignment,
  CompleteRequest,
  MediaSummary,
} from "@transpod/contract/work-protocol.ts";
import { UnreachableError, type WorkClient } from "@transpod/transcoder-image/work/work-client.ts";

/** The tasks of a worker, without transcoding anything. */
export interface NoopWorker {
  work: WorkClient;
  signal: AbortSignal;
}

type Bytes = Buffer<ArrayBuffer>;

const framesOfChunk = 4;
const outputOf = (chunk: number) => `chunk ${chunk}`;
const sha256 = (bytes: Bytes) => createHash("sha256").update(bytes).digest("hex");

/** Publishes these bytes as the result, as a worker with the task `whole` or `join` does. */
export async function publish(
  { work, signal }: NoopWorker,
  { lease, source }: Assignment,
  bytes: Bytes,
): Promise<void> {
  const urls = await work.parts({ lease, part_numbers: [1] }, signal);
  const put = await fetch(urls.get(1)!, { method: "PUT", body: bytes, signal });
  const original: MediaSummary = {
    container: "mp4",
    codec: "h264",
    pixel_format: "yuv420p",
    width: 16,
    height: 16,
    frames: 1,
    frame_rate: 1,
    duration_seconds: 1,
    size_bytes: source.size_bytes,
    bit_rate: 1,
    audio_codecs: [],
  };
  const result: CompleteRequest = {
    lease,
    parts: [{ part_number: 1, etag: put.headers.get("etag") ?? "" }],
    size_bytes: bytes.length,
    sha256: sha256(bytes),
    original,
    processed: { ...original, codec: "hevc", size_bytes: bytes.length },
    target_codec: "hevc",
    verification: { frames: 1, max_timestamp_error_ms: 0, duration_difference_ms: 0 },
    notes: [],
    phase_times: { encode: 1 },
  };
  await work.complete(result, signal);
}

/** Cuts the video into so many chunks. */
export async function cutVideo(
  { work, signal }: NoopWorker,
  { lease }: WholeTask,
  chunks: number,
): Promise<void> {
  const chunk_frames = Array.from({ length: chunks }, () => framesOfChunk);
  const codecs = { original_codec: "h264", target_codec: "hevc" } as const;
  await work.cut({ lease, fingerprint: "noop", chunk_frames, ...codecs }, signal);
}

/** Uploads one line as the output of a chunk, after so many milliseconds. */
export async function encodeChunk(
  { work, signal }: NoopWorker,
  { chunk, lease, frames }: ChunkTask,
  ms: number,
): Promise<void> {
  const report = { phase: "encode", percent: 50, frame: frames / 2, fps: 5 } as const;
  await work.progress({ chunk, lease, ...report }, signal).catch((error: unknown) => {
    // As from the transcoder, a report may be lost.
    if (!(error instanceof UnreachableError)) throw error;
  });
  await delay(ms, undefined, { signal });
  const bytes = Buffer.from(outputOf(chunk));
  const url = await work.chunkUrl({ chunk, lease }, signal);
  await fetch(url, { method: "PUT", body: bytes, signal });
  await work.chunkComplete(
    {
      ...{ chunk, lease, size_bytes: bytes.length, sha256: sha256(bytes), notes: [] },
      verification: { frames, max_timestamp_error_ms: 0, duration_difference_ms: 0 },
      phase_times: { encode: ms },
    },
    signal,
  );
}

/** Publishes the outputs of all chunks, a line each. */
export async function joinChunks(worker: NoopWorker, task: JoinTask): Promise<void> {
  const texts = task.chunks.map(async ({ url }) => {
    const response = await fetch(url, { signal: worker.signal });
    if (!response.ok) throw new Error(`A chunk can't be read: ${response.status}`);
    return await response.text();
  });
  await publish(worker, task, Buffer.from((await Promise.all(texts)).join("\n")));
}

/** The result of a video of so many chunks. */
export function resultOfChunks(chunks: number): Bytes {
  return Buffer.from(Array.from({ length: chunks }, (_, chunk) => outputOf(chunk)).join("\n"));
}
