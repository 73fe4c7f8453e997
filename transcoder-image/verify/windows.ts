/** Frames that are compared with each other, from `start` (in frames) on. */
export interface Window {
  start: number;
  frames: number;
  /** Where to seek to in each file: before the first frame, after the one before it; null for its start. */
  sourceSeek: number | null;
  outputSeek: number | null;
}

export interface Times {
  /** Ascending, in seconds. */
  timestamps: readonly number[];
  /** Seek positions are relative to this. */
  startSeconds: number;
}

const windowSeconds = 1;
const maxWindowFrames = 120;

/** A window that does not begin at the start costs the decoding of all frames from a key frame on, in both files. */
export type ComparedPart = "start" | "whole";

/**
 * One second each at the start, in the middle and at the end, or only at the start; a short video as a whole. Pure.
 * Seeking to the middle between two frames finds the same frame in both files.
 */
export function chooseWindows(source: Times, output: Times, part: ComparedPart): Window[] {
  const total = source.timestamps.length;
  const frames = Math.min(framesOfASecond(source.timestamps), maxWindowFrames, total);
  const starts = total <= 3 * frames ? stepsOf(frames, total) : spread(frames, total);
  return (part === "start" ? [0] : starts).map((start) => ({
    start,
    frames: Math.min(frames, total - start),
    sourceSeek: seekTo(start, source),
    outputSeek: seekTo(start, output),
  }));
}

function spread(frames: number, total: number): number[] {
  return [0, Math.floor((total - frames) / 2), total - frames];
}

function stepsOf(frames: number, total: number): number[] {
  return Array.from({ length: Math.ceil(total / frames) }, (_, i) => i * frames);
}

function framesOfASecond(timestamps: readonly number[]): number {
  const span = (timestamps.at(-1) ?? 0) - (timestamps[0] ?? 0);
  const rate = span > 0 ? (timestamps.length - 1) / span : 1;
  return Math.max(1, Math.round(rate * windowSeconds));
}

/** Where to seek to in a file for a frame: before it, after the one before it; null for the first one and after the last. */
export function seekTo(frame: number, { timestamps, startSeconds }: Times): number | null {
  const [before, at] = [timestamps[frame - 1], timestamps[frame]];
  if (before === undefined || at === undefined) return null;
  return (before + at) / 2 - startSeconds;
}
