import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FailureCode } from "@transpod/contract/failures.ts";
import type {
  Assignment,
  CompleteRequest,
  MediaSummary,
} from "@transpod/contract/work-protocol.ts";
import { AttemptError } from "@transpod/transcoder-image/attempt/attempt-error.ts";
import { downloadFile } from "@transpod/transcoder-image/transfer/download.ts";
import type { WorkClient } from "@transpod/transcoder-image/work/work-client.ts";

const nothing = Buffer.from("transcoded");

/**
 * Runs an attempt without transcoding: publishes a few bytes, or ends in the way that the file's name
 * says (`exit-13.mp4`, `say-stalled.mp4`, `hang.mp4`); `copy.mp4` publishes what it downloaded. With
 * the prefix `once-` only the first attempt fails. Resolves with the exit code.
 */
export async function noopAttempt(
  work: WorkClient,
  { worker, scratchDir }: { worker: string; scratchDir: string },
  signal: AbortSignal,
): Promise<number> {
  const claim = await work.claim({ worker }, signal);
  if (claim.task !== "whole") throw new Error(`a no-op worker can't do the task ${claim.task}`);
  const asked = claim.file_name.replace(/\.\w+$/, "");
  const [, once, verb, detail] = /^(once-)?(exit|say|hang)(?:-(\w+))?$/.exec(asked) ?? [];
  if (asked === "copy") {
    const copied = await download(work, claim, join(scratchDir, "source"), signal);
    if (typeof copied === "string") return await giveUp(work, claim, copied, signal);
    return await publish(work, claim, copied, signal);
  }
  if (verb === undefined || (once !== undefined && claim.attempt > 1)) {
    return await publish(work, claim, nothing, signal);
  }
  if (verb === "exit") return Number(detail);
  if (verb === "say") return await giveUp(work, claim, detail as FailureCode, signal);
  // A promise alone would not keep the process alive.
  setInterval(() => {}, 60_000);
  return await new Promise(() => {});
}

/** Like the transcoder. Resolves with the bytes, or with a failure code. */
async function download(
  work: WorkClient,
  { lease, source }: Assignment,
  path: string,
  signal: AbortSignal,
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

async function publish(
  work: WorkClient,
  { lease, source }: Assignment,
  bytes: Buffer<ArrayBuffer>,
  signal: AbortSignal,
): Promise<number> {
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
    sha256: createHash("sha256").update(bytes).digest("hex"),
    original,
    processed: { ...original, codec: "hevc", size_bytes: bytes.length },
    target_codec: "hevc",
    verification: { frames: 1, max_timestamp_error_ms: 0, duration_difference_ms: 0 },
    notes: [],
    phase_times: { encode: 1 },
  };
  await work.complete(result, signal);
  return 0;
}

async function giveUp(
  work: WorkClient,
  { lease }: Assignment,
  code: FailureCode,
  signal: AbortSignal,
): Promise<number> {
  await work.fail({ lease, code, detail: "As the name asks.", phase_times: {} }, signal);
  return 1;
}
