import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Still } from "@transpod/contract/work-protocol.ts";
import { inputGuards, pixelGuard } from "../ffmpeg/child-process.ts";
import type { FfmpegFacts } from "../ffmpeg/facts.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import { keepColour, toneMap } from "../plan/colour.ts";
import { isHdr, type Source, type VideoTrack } from "../probe/media.ts";
import { timesOfKept } from "../verify/compare-timestamps.ts";
import { chooseWindows, seekTo, type Times } from "../verify/windows.ts";
import { chooseFrames } from "./choose-frames.ts";
import { displayedSize, fitInto, type Size } from "./still-size.ts";

/** The height only keeps a strange video from making a huge picture. */
const stillBounds: Size = { width: 1920, height: 8192 };
const posterBounds: Size = { width: 320, height: 320 };
/** ffmpeg's scale of JPEG, where 2 is the best and 31 the worst. */
const [stillQuality, posterQuality] = [3, 8];

export interface StillsRequest {
  input: string;
  output: string;
  source: Source;
  /** The verified result. */
  made: Source;
  folder: string;
  ffmpeg: FfmpegFacts;
  cpus: number;
  stallSeconds: number;
  signal: AbortSignal;
}

/** Paths of JPEG files. */
export interface MadeStills {
  poster: string;
  pairs: { still: Still; original: string; processed: string }[];
}

/**
 * Makes pairs of pictures of the same frames of source and result, as they are displayed, and a small one of the
 * result. Frames are found by their exact times: each file is decoded from the key frame before, and ffmpeg writes
 * nothing if no frame is nearer to that time than its neighbours. HDR is shown as SDR in both pictures if this ffmpeg can.
 * Throws an Error when a picture could not be made.
 */
export async function makeStills(request: StillsRequest): Promise<MadeStills> {
  const { source, made, folder } = request;
  const [before, after] = [timesOf(source), timesOf(made)];
  const inSource = placesInSource(source, made);
  const chosen = chooseFrames(after.timestamps.length, chooseWindows(after, after, "whole"));
  const size = fitInto(displayedSize(made.video), stillBounds);
  const poster = join(folder, "poster.jpg");
  const pairs: MadeStills["pairs"] = [];
  for (const [pair, frame] of chosen.frames.entries()) {
    const [original, processed] = [join(folder, `${pair}-a.jpg`), join(folder, `${pair}-b.jpg`)];
    const isPoster = frame === chosen.poster;
    await takePair(request, {
      inputs: [
        inputOf(request.input, before, inSource(frame), request.cpus),
        inputOf(request.output, after, frame, request.cpus),
      ].flat(),
      outputs: [
        pictureOf(request, 0, { size, path: original, quality: stillQuality }),
        pictureOf(request, 1, { size, path: processed, quality: stillQuality }),
        isPoster ? posterOf(request, poster) : [],
      ].flat(),
    });
    for (const path of isPoster ? [original, processed, poster] : [original, processed]) {
      await requirePicture(path);
    }
    pairs.push({ still: { time_seconds: secondsOf(frame, after), ...size }, original, processed });
  }
  return { poster, pairs };
}

function timesOf({ timestamps, media: { startSeconds } }: Source): Times {
  return { timestamps, startSeconds };
}

/** Which frame of the source a frame of the result is: a damaged source may have lost some. */
function placesInSource({ timestamps }: Source, made: Source): (frame: number) => number {
  if (timestamps.length === made.timestamps.length) return (frame) => frame;
  const kept = timesOfKept(timestamps, made.timestamps);
  return (frame) => timestamps.indexOf(kept[frame] ?? Number.NaN);
}

/** From the start of the file, in microseconds' precision. */
function secondsOf(frame: number, { timestamps, startSeconds }: Times): number {
  return Math.max(0, Math.round(((timestamps[frame] ?? 0) - startSeconds) * 1e6) / 1e6);
}

/** Reads from the middle between the frame and the one before it, to the middle between it and the next one. */
function inputOf(path: string, times: Times, frame: number, cpus: number): string[] {
  const [start, end] = [seekTo(frame, times), seekTo(frame + 1, times)];
  const from = start === null ? [] : ["-ss", start.toFixed(6)];
  const length = end === null || start === null ? [] : ["-t", (end - start).toFixed(6)];
  return ["-threads", String(cpus), ...inputGuards, ...pixelGuard, ...from, ...length, "-i", path];
}

interface Picture {
  size: Size;
  path: string;
  quality: number;
}

/** One frame of an input: 0 is the source, 1 the result. ffmpeg rotates it as the file says. */
function pictureOf(
  { source, made, ffmpeg }: StillsRequest,
  input: 0 | 1,
  { size, path, quality }: Picture,
): string[] {
  const { video } = input === 0 ? source : made;
  const filters = [
    ...(input === 0 ? cropTo(made.video, source.video) : []),
    ...(isHdr(video.colour) ? toneMap(video, ffmpeg) : keepColour(video.colour)).filters,
    // JPEG has the matrix of BT.601 and the full range (ITU-T T.871).
    `scale=${size.width}:${size.height}:out_color_matrix=bt601:out_range=full`,
    ...["format=yuvj420p", "setsar=1"],
  ];
  return [
    ["-map", `${input}:${video.index}`, "-vf", filters.join(","), "-frames:v", "1"],
    ["-c:v", "mjpeg", "-q:v", String(quality), "-map_metadata", "-1", "-f", "mjpeg", path],
  ].flat();
}

function posterOf(request: StillsRequest, path: string): string[] {
  const size = fitInto(displayedSize(request.made.video), posterBounds);
  return pictureOf(request, 1, { size, path, quality: posterQuality });
}

/** The result has even sizes; what it lacks of the source is cut off. Rotated videos of odd size are scaled. */
function cropTo(made: VideoTrack, { width, height, rotation }: VideoTrack): string[] {
  const isSame = made.width === width && made.height === height;
  return isSame || rotation !== 0 ? [] : [`crop=${made.width}:${made.height}:0:0`];
}

async function takePair(
  { stallSeconds, signal }: StillsRequest,
  { inputs, outputs }: { inputs: string[]; outputs: string[] },
): Promise<void> {
  const args = [
    ["-nostdin", "-hide_banner", "-y", "-loglevel", "level+error"],
    ["-nostats", "-progress", "pipe:1", "-stats_period", "1"],
    [...inputs, ...outputs],
  ].flat();
  await runFfmpeg({ args, stallSeconds, totalFrames: 1, signal });
}

async function requirePicture(path: string): Promise<void> {
  if ((await stat(path)).size === 0) throw new Error("No frame has exactly the wanted time.");
}
