import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FailureCode } from "@transpod/contract/failures.ts";
import type { CompleteRequest, MediaSummary } from "@transpod/contract/work-protocol.ts";
import { AttemptError } from "@transpod/transcoder-image/attempt/attempt-error.ts";
import { downloadFile } from "@transpod/transcoder-image/transfer/download.ts";
import { WorkClient } from "@transpod/transcoder-image/work/work-client.ts";
import { readConfig } from "@transpod/transcoder-image/config.ts";

/**
 * A worker that transcodes nothing: it publishes a few bytes, or ends in the way that the file's name
 * asks for (`exit-13.mp4`, `say-stalled.mp4`, `hang.mp4`); `copy.mp4` publishes what it downloaded. For
 * tests of everything around a worker. After a first attempt that went wrong, `once-` in front makes the later ones go well.
 */
let bytes = Buffer.from("transcoded");

const { signal } = new AbortController();
const config = readConfig(process.env);
const work = new WorkClient(config);
const claim = await work.claim({ worker: config.worker }, signal);
const asked = claim.file_name.replace(/\.\w+$/, "");
const [, once, verb, detail] = /^(once-)?(exit|say|hang)(?:-(\w+))?$/.exec(asked) ?? [];

if (asked === "copy") {
  const code = await download();
  await (code === undefined ? publish() : giveUp(code));
} else if (verb === undefined || (once !== undefined && claim.attempt > 1)) await publish();
else if (verb === "exit") process.exit(Number(detail));
else if (verb === "say") await giveUp(detail as FailureCode);
else setInterval(() => {}, 60_000);

/** As the transcoder does it. Resolves with why it did not work, if so. */
async function download(): Promise<FailureCode | undefined> {
  const path = join(config.scratchDir, "source");
  const { url, etag, size_bytes: sizeBytes } = claim.source;
  try {
    const renew = () => work.source({ lease: claim.lease }, signal);
    await downloadFile({ url, renew, etag, sizeBytes, path, onProgress: () => {}, signal });
    bytes = await readFile(path);
    return undefined;
  } catch (error) {
    if (error instanceof AttemptError) return error.code;
    throw error;
  }
}

async function publish(): Promise<void> {
  const { lease } = claim;
  const urls = await work.parts({ lease, part_numbers: [1] }, signal);
  const put = await fetch(urls.get(1)!, { method: "PUT", body: bytes });
  const original: MediaSummary = {
    container: "mp4",
    codec: "h264",
    pixel_format: "yuv420p",
    width: 16,
    height: 16,
    frames: 1,
    frame_rate: 1,
    duration_seconds: 1,
    size_bytes: claim.source.size_bytes,
    bit_rate: 1,
    audio_codecs: [],
  };
  const result: CompleteRequest = {
    lease,
    parts: [{ part_number: 1, etag: put.headers.get("etag") ?? "" }],
    size_bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    original,
    processed: { ...original, codec: "hevc" },
    target_codec: "hevc",
    verification: { frames: 1, max_timestamp_error_ms: 0, duration_difference_ms: 0 },
    notes: [],
    phase_times: { encode: 1 },
  };
  await work.complete(result, signal);
  process.exit(0);
}

async function giveUp(code: FailureCode): Promise<void> {
  const { lease } = claim;
  await work.fail({ lease, code, detail: "As the name asks.", phase_times: {} }, signal);
  process.exit(1);
}
