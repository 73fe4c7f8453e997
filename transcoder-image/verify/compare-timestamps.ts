export interface TimestampComparison {
  /** NaN when a frame has no time. */
  maxErrorMs: number;
  /** Between the starts of the last frames, each from its first; NaN where one has no time. */
  durationDifferenceMs: number;
}

/**
 * Compares when frames are shown, relative to the first: ffmpeg may move the start to zero.
 * Both lists are in seconds, ascending and of the same length; a frame without a time is NaN.
 */
export function compareTimestamps(
  source: readonly number[],
  output: readonly number[],
): TimestampComparison {
  const errors = source.map((time, i) =>
    Math.abs(relative(source, time) - relative(output, output[i])),
  );
  return {
    maxErrorMs: milliseconds(errors.reduce((a, b) => Math.max(a, b), 0)),
    durationDifferenceMs: milliseconds(errors.at(-1) ?? 0),
  };
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
