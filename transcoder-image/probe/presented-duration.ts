import type { MediaSpan } from "./media-span.ts";

/** What the file says about the duration of a track. */
export interface TrackLength {
  /** Units per second of the movie, in which edits are counted. */
  movieTimescale: number;
  /** Units per second of the track. */
  timescale: number;
  edits: readonly { duration: number; mediaTime: number | null }[];
  media: MediaSpan;
}

/**
 * The presented duration of a track, in seconds. Pure. The rules, from ISO/IEC 14496-12:
 *
 * - With an edit list (8.6.6): the sum of its edits, which defines a track's duration (8.3.2). Empty edits at
 *   its start delay the track and empty edits at its end show nothing: neither counts.
 * - The last edit may end after the media. Then the last frame is shown until the edit ends: ffmpeg writes such
 *   files when the frame that is shown last is not the one that is decoded last. But edits are counted in
 *   units of the movie, which may be coarse. An edit that ends after the media by at most one such unit was
 *   rounded, and ends with the media.
 * - An edit of duration 0 lasts until the media ends, fragments included (8.6.6.1).
 * - Without an edit list: the media's own duration, which is the sum of all sample durations (8.6.1.2). Reordering
 *   frames does not change a sum. Where it ends before the frame that is shown last does, by that frame's own
 *   duration, the end of that frame counts.
 * - The durations in mvhd, tkhd and mdhd do not count: they repeat the values above, or they are wrong.
 */
export function presentedSeconds({ movieTimescale, timescale, edits, media }: TrackLength): number {
  const shown = withoutOuterGaps(edits);
  const last = shown.at(-1);
  const mediaEnd = Math.max(media.firstShown + media.total, media.lastShown + media.lastDuration);
  if (last === undefined) return (mediaEnd - media.firstShown) / timescale;

  const before = shown.slice(0, -1).reduce((sum, { duration }) => sum + duration, 0);
  const lastStart = Math.max(last.mediaTime ?? 0, media.firstShown);
  const untilEnd = (mediaEnd - lastStart) / timescale;
  const editSeconds = last.duration / movieTimescale;
  const unit = 1 / movieTimescale;
  const isRounded = editSeconds > untilEnd && editSeconds - untilEnd <= unit + roundingError;
  return before / movieTimescale + (last.duration === 0 || isRounded ? untilEnd : editSeconds);
}

/** In seconds; a nanosecond is less than any unit. */
const roundingError = 1e-9;

function withoutOuterGaps(edits: TrackLength["edits"]) {
  const isShown = ({ mediaTime }: { mediaTime: number | null }) => mediaTime !== null;
  return edits.slice(edits.findIndex(isShown), edits.findLastIndex(isShown) + 1);
}

/**
 * The minimum duration of the last frame: an edit list that ends where the last frame starts hides it. This is more
 * than half a unit of the coarsest timescale that ffmpeg writes (10000 per second).
 */
const shortestFrameSeconds = 0.0005;

/** The duration, extended if it would hide the last frame. Frame times are in seconds, ascending. Pure. */
export function lastFrameIncluded(seconds: number, timestamps: readonly number[]): number {
  const lastStart = (timestamps.at(-1) ?? 0) - (timestamps[0] ?? 0);
  // A frame without a time is found later.
  return Number.isNaN(lastStart) ? seconds : Math.max(seconds, lastStart + shortestFrameSeconds);
}
