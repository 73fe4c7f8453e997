import { framesOf, type Window } from "../samples/windows.ts";

/** Fewer frames look alike: one pair of stills is enough. */
const fewFrames = 12;
const pairs = 4;

/**
 * The sampled frames of a video that are shown as stills, ascending: the ones in the middle of its first, second, third
 * and last quarter. `poster` is one of them. Pure. `total` is the number of the video's frames.
 */
export function chooseFrames(
  total: number,
  windows: readonly Window[],
): { frames: number[]; poster: number } {
  const sampled = framesOf(windows).filter((frame) => frame < total);
  const count = total < fewFrames ? 1 : pairs;
  const wanted = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) / count) * total));
  const frames = [...new Set(wanted.map((frame) => nearest(frame, sampled)))];
  return { frames, poster: frames[Math.floor(frames.length / 3)] ?? 0 };
}

function nearest(wanted: number, frames: readonly number[]): number {
  const distance = (frame: number) => Math.abs(frame - wanted);
  return frames.reduce((best, frame) => (distance(frame) < distance(best) ? frame : best), 0);
}
