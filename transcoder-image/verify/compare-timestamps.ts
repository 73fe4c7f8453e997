export interface TimestampComparison {
  /** NaN where a frame has no time. */
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

function relative(times: readonly number[], time: number | undefined): number {
  return (time ?? Number.NaN) - (times[0] ?? 0);
}

/** Microseconds are as fine as ffprobe says it. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1000;
}
