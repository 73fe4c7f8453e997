export interface Times {
  /** Ascending, in seconds. */
  timestamps: readonly number[];
  /** ffmpeg counts from here. */
  startSeconds: number;
}

/**
 * ffmpeg's options to read one frame of a file: from the middle between it and the frame before, to the middle
 * between it and the next one. Pure.
 */
export function spanOf(frame: number, times: Times): string[] {
  const [start, end] = [middleBefore(frame, times), middleBefore(frame + 1, times)];
  const from = start === null ? [] : ["-ss", start.toFixed(6)];
  const length = end === null ? [] : ["-t", (end - (start ?? 0)).toFixed(6)];
  return [...from, ...length];
}

/** Null before the first frame and after the last one. */
function middleBefore(frame: number, { timestamps, startSeconds }: Times): number | null {
  const [before, at] = [timestamps[frame - 1], timestamps[frame]];
  if (before === undefined || at === undefined) return null;
  return (before + at) / 2 - startSeconds;
}
