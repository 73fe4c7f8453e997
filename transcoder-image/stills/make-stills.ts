import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Still } from "@transpod/contract/work-protocol.ts";
import { reportingOptions } from "../ffmpeg/child-process.ts";
import type { FfmpegFacts } from "../ffmpeg/facts.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import { keepColour, toneMap } from "../plan/colour.ts";
import { isHdr, type Source } from "../probe/media.ts";
import { placeOf, rawInput, type SampleFiles } from "../samples/raw-pictures.ts";
import { chooseFrames } from "./choose-frames.ts";
import { uprightFilters } from "./orientation.ts";
import { displayedSize, fitInto, type Size } from "./still-size.ts";

/** The height only keeps a strange video from making a huge picture. */
const stillBounds: Size = { width: 1920, height: 8192 };
const posterBounds: Size = { width: 320, height: 320 };
/** ffmpeg's scale of JPEG, where 2 is the best and 31 the worst. */
const [stillQuality, posterQuality] = [3, 8];

export interface StillsRequest {
  samples: SampleFiles;
  /** The verified result. */
  made: Source;
  folder: string;
  ffmpeg: FfmpegFacts;
  stallSeconds: number;
  signal: AbortSignal;
}

/** Paths of JPEG files. */
export interface MadeStills {
  poster: string;
  pairs: { still: Still; original: string; processed: string }[];
}

/**
 * Makes pairs of pictures of the same frames from the samples of both sides, as they are displayed, and a small one of
 * the result. HDR is shown as SDR in both pictures if this ffmpeg can. Throws an Error when a picture could not be made.
 */
export async function makeStills(request: StillsRequest): Promise<MadeStills> {
  const { samples, made, folder, stallSeconds, signal } = request;
  const chosen = chooseFrames(made.timestamps.length, samples.windows);
  const displayed = displayedSize(made.video);
  const size = fitInto(displayed, stillBounds);
  const poster = join(folder, "poster.jpg");
  const small = { size: fitInto(displayed, posterBounds), quality: posterQuality };
  const pairs = chosen.frames.map((frame, pair) => ({
    frame,
    still: { time_seconds: secondsOf(frame, made), ...size },
    original: join(folder, `${pair}-a.jpg`),
    processed: join(folder, `${pair}-b.jpg`),
  }));
  const large = { size, quality: stillQuality };
  const outputs = [
    ...pairs.flatMap(({ frame, original, processed }) => [
      pictureOf(request, { input: 0, frame, path: original, ...large }),
      pictureOf(request, { input: 1, frame, path: processed, ...large }),
    ]),
    pictureOf(request, { input: 1, frame: chosen.poster, path: poster, ...small }),
  ];
  const args = [
    reportingOptions("error"),
    [...rawInput(samples, samples.original), ...rawInput(samples, samples.processed)],
    ...outputs,
  ].flat();
  await runFfmpeg({ args, stallSeconds, totalFrames: 1, signal });
  const paths = pairs.flatMap(({ original, processed }) => [original, processed]);
  await Promise.all([...paths, poster].map(requirePicture));
  return { poster, pairs };
}

/** From the start of the file, in microseconds' precision. */
function secondsOf(frame: number, { timestamps, media: { startSeconds } }: Source): number {
  return Math.max(0, Math.round(((timestamps[frame] ?? 0) - startSeconds) * 1e6) / 1e6);
}

interface Picture {
  /** 0 is the source, 1 the result. */
  input: 0 | 1;
  frame: number;
  path: string;
  size: Size;
  quality: number;
}

/** Both sides have the colours and the orientation of the result. */
function pictureOf(
  { samples, made: { video }, ffmpeg }: StillsRequest,
  { input, frame, path, size, quality }: Picture,
): string[] {
  const filters = [
    `select=eq(n\\,${placeOf(frame, samples)})`,
    ...(isHdr(video.colour) ? toneMap(video, ffmpeg) : keepColour(video.colour)).filters,
    ...uprightFilters(video),
    // JPEG has the matrix of BT.601 and the full range (ITU-T T.871).
    `scale=${size.width}:${size.height}:out_color_matrix=bt601:out_range=full`,
    ...["format=yuvj420p", "setsar=1"],
  ];
  return [
    ["-map", `${input}:v`, "-vf", filters.join(","), "-frames:v", "1"],
    ["-c:v", "mjpeg", "-q:v", String(quality), "-map_metadata", "-1", "-f", "mjpeg", path],
  ].flat();
}

async function requirePicture(path: string): Promise<void> {
  if ((await stat(path)).size === 0) throw new Error("A frame is not among the samples.");
}
