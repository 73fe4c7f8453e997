import { join } from "node:path";
import { execa } from "execa";
import type { Codec } from "@transpod/contract/work-protocol.ts";

export interface SampleOptions {
  codec: Codec;
  extension: ".mp4" | ".mov";
  seconds?: number;
  size?: string;
  frameRate?: number;
  /** By default it is up to the encoder. */
  keyframeSeconds?: number;
}

const encoders = { h264: "libx264", hevc: "libx265" } as const;

/**
 * Makes a video with moving detail, grain and a stereo tone, in a source's quality rather than a
 * delivery's. Resolves with its path.
 */
export async function makeSample(folder: string, options: SampleOptions): Promise<string> {
  const { codec, extension, seconds = 6, size = "1280x720", frameRate = 24 } = options;
  const { keyframeSeconds } = options;
  const path = join(folder, `sample-${codec}${extension}`);
  await execa("ffmpeg", [
    ...["-nostdin", "-hide_banner", "-loglevel", "error", "-y"],
    ...["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${frameRate}:duration=${seconds}`],
    ...["-f", "lavfi", "-i", `sine=frequency=440:duration=${seconds}`],
    ...["-vf", "noise=alls=2:allf=t", "-c:v", encoders[codec], "-preset", "superfast"],
    ...(codec === "hevc" ? ["-tag:v", "hvc1", "-x265-params", "log-level=error"] : []),
    ...(keyframeSeconds === undefined ? [] : ["-g", `${keyframeSeconds * frameRate}`]),
    ...["-crf", "20", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2", "-b:a", "128k"],
    path,
  ]);
  return path;
}

export async function makeSamples(folder: string): Promise<string[]> {
  return await Promise.all([
    makeSample(folder, { codec: "h264", extension: ".mp4" }),
    makeSample(folder, { codec: "hevc", extension: ".mov" }),
  ]);
}
