import type { Source } from "../probe/media.ts";

/**
 * The maximum difference of a frame's presentation time, in milliseconds. Times are relative to the first frame, since
 * ffmpeg may move the start to zero. Both lists are in seconds, ascending and of the same length. NaN when a frame has
 * no time.
 */
export function maxTimestampErrorMs(source: readonly number[], output: readonly number[]): number {
  const errors = source.map((time, i) =>
    Math.abs(relative(source, time) - relative(output, output[i])),
  );
  return milliseconds(errors.reduce((a, b) => Math.max(a, b), 0));
}

/** The duration of a file's video, read in two ways, in seconds. */
export interface MeasuredLength {
  /** By its edit list and its sample tables; NaN when they can't be read. */
  tables: number;
  /** By ffprobe, which returns the shortest of edit list, header and samples, and may include a gap before them. */
  ffprobe: number;
}

/**
 * The difference to `seconds` in milliseconds, without a sign. NaN when the tables can't be read. Pure.
 */
export function durationDifferenceMs(seconds: number, { tables, ffprobe }: MeasuredLength): number {
  return milliseconds(Math.max(Math.abs(tables - seconds), seconds - ffprobe));
}

/**
 * The source's times of the frames that are in the output, when some were lost: found by equal gaps.
 * When no times match, the first ones, for which a comparison then fails.
 */
export function timesOfKept(source: readonly number[], output: readonly number[]): number[] {
  const maxLost = source.length - output.length;
  for (let first = 0; first <= maxLost; first++) {
    const kept = timesFrom(first, source, output);
    if (kept !== null) return kept;
  }
  return source.slice(0, output.length);
}

/**
 * The duration of a correct output that lacks frames of its source: it ends when the source does. `start` is the
 * time of its first frame, in seconds: ffmpeg moves the start of the file to zero. Pure.
 */
export function secondsWithoutLost(
  { timestamps, presentedSeconds, media }: Source,
  start: number,
): number {
  const lost = start - ((timestamps[0] ?? 0) - media.startSeconds);
  return presentedSeconds - Math.max(0, lost);
}

/** The tolerance for microseconds and rounded time bases. */
const sameTimeSeconds = 0.001;

function timesFrom(first: number, source: readonly number[], output: readonly number[]) {
  const kept: number[] = [];
  let next = first;
  for (const time of output) {
    const wanted = (source[first] ?? 0) + time - (output[0] ?? 0);
    while (next < source.length && (source[next] ?? 0) < wanted - sameTimeSeconds) next += 1;
    const found = source[next];
    if (found === undefined || found > wanted + sameTimeSeconds) return null;
    kept.push(found);
    next += 1;
  }
  return kept;
}

function relative(times: readonly number[], time: number | undefined): number {
  return (time ?? Number.NaN) - (times[0] ?? 0);
}

/** Microseconds are as fine as ffprobe says it. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1000;
}
