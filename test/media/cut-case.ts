import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { defaultLimits } from "@transpod/contract/media-limits.ts";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import { samplesOf, shownFrames } from "@transpod/transcoder-image/chunks/cut.ts";
import { joinChunks } from "@transpod/transcoder-image/chunks/join-chunks.ts";
import { lookAtIndex } from "@transpod/transcoder-image/chunks/look-at-index.ts";
import { planChunks } from "@transpod/transcoder-image/chunks/plan-chunks.ts";
import { placesOf } from "@transpod/transcoder-image/chunks/read-samples.ts";
import { writeChunk } from "@transpod/transcoder-image/chunks/write-chunk.ts";
import { readFfmpegFacts } from "@transpod/transcoder-image/ffmpeg/facts.ts";
import { planTranscode, type PlanSettings } from "@transpod/transcoder-image/plan/plan.ts";
import { probeSource } from "@transpod/transcoder-image/probe/probe-source.ts";
import type { Source } from "@transpod/transcoder-image/probe/media.ts";
import { WorkServer } from "@transpod/transcoder-image/testing/work-server.ts";
import { SparseSource } from "@transpod/transcoder-image/transfer/sparse-source.ts";

const { signal } = new AbortController();
const requested = { ...defaultSettings, workers: 4, preset: "ultrafast" } as const;

export interface Frames {
  /** A hash of each decoded picture, in order. */
  pictures: string[];
  /** In seconds, from the first one. */
  times: number[];
}

/** A video, encoded without loss as a whole and in chunks; a sentence when it can't be cut. */
export async function encodeBothWays(
  input: string,
  folder: string,
  chunkSeconds: number,
): Promise<{ chunks: number; whole: Frames; chunked: Frames } | string | null> {
  await mkdir(folder);
  const beside = (name: string) => join(folder, name);
  await using server = await new WorkServer({ sourcePath: input, fileName: input }).start();
  const object = {
    ...{ url: `${server.url}/source`, renew: async () => `${server.url}/source` },
    ...{ etag: "etag-of-source", signal },
  };
  const source = await probeSource(input, signal);
  const sparse = await SparseSource.create(beside("index.mp4"), source.media.sizeBytes);
  const indexed = await lookAtIndex(sparse, object, defaultLimits);
  if (indexed === null) return null;
  const ffmpeg = await readFfmpegFacts(signal);
  const request = { settings: requested, cpus: 1, ffmpeg, chunkSeconds };
  const plan = await planChunks(indexed, { sparse, object }, request);
  if (plan === null || typeof plan === "string") return plan;

  const { index } = indexed;
  const encode = (from: string, to: string, of: Source, options: Partial<PlanSettings> = {}) =>
    encodeLossless(of, {
      container: "mp4",
      ffmpeg,
      cpus: 1,
      requested,
      input: from,
      output: to,
      ...options,
    });
  const outputs: string[] = [];
  for (const [i, chunk] of plan.chunks.entries()) {
    const range = samplesOf(index.samples, chunk);
    await sparse.fetch(object, placesOf(index.samples.slice(range.from, range.to)));
    const own = beside(`chunk-${i}.mp4`);
    await writeChunk({ source: sparse.path, output: own }, index, { chunk, range });
    const { frameRate } = source.video;
    outputs.push(
      await encode(own, beside(`encoded-${i}.mp4`), await probeSource(own, signal), { frameRate }),
    );
  }
  const whole = await encode(input, beside("whole.mp4"), source);
  const joined = beside("joined.mp4");
  const { times, end, timescale } = shownFrames({ ...indexed.source, index })!;
  await joinChunks({ chunks: outputs, output: joined, times, end, timescale });
  return {
    chunks: plan.chunks.length,
    whole: await framesOf(whole),
    chunked: await framesOf(joined),
  };
}

async function encodeLossless(source: Source, settings: PlanSettings): Promise<string> {
  const { args } = planTranscode(source, settings);
  const lossless = args.flatMap((arg, i) => {
    if (arg === "-crf:v:0") return ["-qp:v:0"];
    if (args[i - 1] === "-crf:v:0") return ["0"];
    return args[i - 1] === "-x265-params:v:0" ? [`${arg}:lossless=1`] : [arg];
  });
  await execa("ffmpeg", lossless);
  return settings.output;
}

async function framesOf(path: string): Promise<Frames> {
  const { timestamps } = await probeSource(path, signal);
  const options = ["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framehash", "-"];
  const { stdout } = await execa("ffmpeg", [
    "-v",
    "error",
    "-noautorotate",
    "-i",
    path,
    ...options,
  ]);
  const lines = stdout.split("\n").filter((line) => !line.startsWith("#"));
  return {
    pictures: lines.map((line) => line.split(",").at(-1)?.trim() ?? ""),
    times: timestamps.map((time) => Math.round((time - (timestamps[0] ?? 0)) * 1e6) / 1e6),
  };
}
