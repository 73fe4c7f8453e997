import { open } from "node:fs/promises";
import { createHash } from "node:crypto";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Codec } from "@transpod/contract/work-protocol.ts";
import type { FfmpegFacts } from "../ffmpeg/facts.ts";
import { rateOf, targetFor } from "../plan/encoder.ts";
import { unitsPerSecond } from "../plan/timing.ts";
import type { Source } from "../probe/media.ts";
import type { S3Object } from "../transfer/get-object.ts";
import type { SparseSource } from "../transfer/sparse-source.ts";
import { headBytes, isCleanStart, lengthBytes } from "./clean-start.ts";
import { cutAtSyncSamples, type Chunk } from "./cut.ts";
import type { Indexed } from "./look-at-index.ts";

/** Measured: million pixels that one core encodes in a second with the preset `medium`. */
const megapixelsPerSecond: Readonly<Record<Codec, number>> = { h264: 25, hevc: 11 };
/** Measured: how much faster the others are. */
const speedOf = {
  ultrafast: 5,
  veryfast: 2.5,
  fast: 1.3,
  medium: 1,
  slow: 0.5,
  slower: 0.2,
} as const;

/** How long one worker would take to encode a video, in seconds. Pure. */
export function expectedSeconds(
  { video, timestamps }: Source,
  settings: TranscodeSettings,
  cpus: number,
): number {
  const codec = targetFor(video);
  const pixels = video.width * video.height * timestamps.length;
  const { preset } = rateOf(codec, settings);
  return pixels / (megapixelsPerSecond[codec] * 1e6 * speedOf[preset] * cpus);
}

export interface CutRequest {
  settings: TranscodeSettings;
  cpus: number;
  ffmpeg: FfmpegFacts;
  /** A chunk is at least so long. */
  chunkSeconds: number;
}

export interface ChunkPlan {
  chunks: Chunk[];
  /** The same for two plans only if one can go on with the other's encoded chunks. */
  fingerprint: string;
}

/** Below this a second worker gains less than it costs. */
const minSeconds = 300;

/**
 * Decides whether and where to cut a video. Returns a sentence when it should be cut and can't be; null when one worker
 * is enough.
 */
export async function planChunks(
  { source, index }: Indexed,
  files: { sparse: SparseSource; object: S3Object },
  request: CutRequest,
): Promise<ChunkPlan | string | null> {
  const { settings, cpus, ffmpeg, chunkSeconds } = request;
  const wanted = settings.workers !== "auto";
  if (!wanted && expectedSeconds(source, settings, cpus) < minSeconds) return null;
  if (source.video.interlaced) {
    return "It is interlaced, and deinterlacing needs the frames next to each frame.";
  }
  if (unitsPerSecond(source) % index.timescale !== 0) return "Its frames are shown for too long.";
  const chunks = cutAtSyncSamples({ ...source, index }, chunkSeconds);
  if (chunks === null) return wanted ? "It has no place where it can be cut." : null;
  if (!(await areClean(chunks, { source, index }, files))) {
    return "Its frames can't be decoded exactly from its sync samples on.";
  }
  const { quality, crf, preset } = settings;
  const same = { quality, crf, preset, ffmpeg, chunkSeconds, etag: files.object.etag };
  return { chunks, fingerprint: createHash("sha256").update(JSON.stringify(same)).digest("hex") };
}

/** Whether decoding can begin at every chunk; the first one begins where the video does. */
async function areClean(
  chunks: readonly Chunk[],
  { source, index }: Indexed,
  { sparse, object }: { sparse: SparseSource; object: S3Object },
): Promise<boolean> {
  const lengths = lengthBytes(index.boxes.stsd);
  if (lengths === null) return false;
  const starts = new Set(chunks.slice(1).map(({ start }) => start));
  const heads = index.samples
    .filter(({ time, isSync }) => isSync && starts.has(time))
    .map(({ offset, size }) => ({ start: offset, end: offset + Math.min(size, headBytes) }));
  await sparse.fetch(object, heads);
  await using file = await open(sparse.path);
  for (const { start, end } of heads) {
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    if (!isCleanStart(buffer, source.video.codec, lengths)) return false;
  }
  return true;
}
