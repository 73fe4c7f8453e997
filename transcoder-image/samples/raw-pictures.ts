import { framesOf, type Window } from "./windows.ts";

/** Pictures that stand one after the other in a file without any header. */
export interface RawPictures {
  width: number;
  height: number;
  /** ffmpeg's name. */
  pixelFormat: string;
}

/** Some frames of a video, as raw pictures. */
export interface Samples extends RawPictures {
  windows: readonly Window[];
}

/** The samples of both sides: what the encoder was given, and what its output shows. */
export interface SampleFiles extends Samples {
  original: string;
  processed: string;
}

/** ffmpeg's options for an input file of raw pictures. */
export function rawInput({ width, height, pixelFormat }: RawPictures, path: string): string[] {
  return [
    ["-protocol_whitelist", "file", "-f", "rawvideo", "-framerate", "25"],
    ["-pixel_format", pixelFormat, "-video_size", `${width}x${height}`, "-i", path],
  ].flat();
}

/** ffmpeg's options for an output file of raw pictures, after its `-map`. */
export function rawOutput(path: string): string[] {
  return ["-fps_mode", "passthrough", "-f", "rawvideo", path];
}

/** A chain of filters to raw pictures. */
export function rawChain({ pixelFormat }: RawPictures, filters: readonly string[]): string {
  return [...filters, `format=${pixelFormat}`].join(",");
}

/** A filter that passes the frames of these windows. */
export function selectWindows(windows: readonly Window[]): string {
  const each = windows.map(({ start, frames }) => `between(n,${start},${start + frames - 1})`);
  return `select='${each.join("+")}'`;
}

/** Where a frame of the video is in a file of samples, counted from 0. */
export function placeOf(frame: number, { windows }: Samples): number {
  return framesOf(windows).indexOf(frame);
}
