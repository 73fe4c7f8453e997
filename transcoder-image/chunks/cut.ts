import type { Sample, VideoIndex } from "./video-index.ts";

/** A part of a video that is encoded on its own: the frames that are presented from `start` until before `end`. */
export interface Chunk {
  /** Counted from 0, among the frames that are presented. */
  firstFrame: number;
  frames: number;
  /** In units of the track's timescale. */
  start: number;
  end: number;
}

/** What a cut needs to know about the video. */
export interface CutSource {
  index: VideoIndex;
  /** `Source.timestamps`, in seconds. */
  timestamps: readonly number[];
  presentedSeconds: number;
}

/** The frames that are presented, in units of the track's timescale. */
export interface ShownFrames {
  timescale: number;
  /** Ascending. */
  times: number[];
  /** When the last one ends. */
  end: number;
}

/**
 * Cuts a video at sync samples, into chunks of at least `seconds`, the last one of at least half. Pure. Null when it
 * can't be cut safely: the index and ffprobe disagree on what is presented, two frames have the same time, or there is
 * only one chunk.
 */
export function cutAtSyncSamples(source: CutSource, seconds: number): Chunk[] | null {
  const shown = shownFrames(source);
  if (shown === null) return null;
  const { times, end, timescale } = shown;
  const dividing = dividingTimes(source.index.samples);
  const starts = [0];
  for (const [frame, time] of times.entries()) {
    const [before, after] = [time - times[starts.at(-1)!]!, end - time];
    // Half a chunk at the end is better than one and a half, for which all would wait.
    const isFarEnough = before >= seconds * timescale && after >= (seconds * timescale) / 2;
    if (isFarEnough && dividing.has(time)) starts.push(frame);
  }
  const frames = starts.map((start, i) => (starts[i + 1] ?? times.length) - start);
  return frames.length < 2 ? null : chunksOf(frames, shown);
}

/** The frames that are presented, if the index has the same as ffprobe found. */
export function shownFrames({
  index,
  timestamps,
  presentedSeconds,
}: CutSource): ShownFrames | null {
  const { samples, shown, timescale } = index;
  const times = samples
    .map(({ time }) => time)
    .filter((time) => time >= shown.start && time < shown.end)
    .toSorted((a, b) => a - b);
  const [first = Number.NaN] = times;
  const offset = (timestamps[0] ?? Number.NaN) * timescale - first;
  const isAlike = (time: number, i: number) =>
    Math.abs(timestamps[i]! * timescale - offset - time) <= maxRounding(timescale);
  const isAscending = times.every((time, i) => i === 0 || time > times[i - 1]!);
  return times.length === timestamps.length && isAscending && times.every(isAlike)
    ? { timescale, times, end: first + Math.round(presentedSeconds * timescale) }
    : null;
}

/** ffprobe prints microseconds, which round two times. */
function maxRounding(timescale: number): number {
  return 0.01 + 2e-6 * timescale;
}

/** The times of the sync samples that divide the video: what is decoded before them is presented before them. */
function dividingTimes(samples: readonly Sample[]): Set<number> {
  const dividing = new Set<number>();
  let latest = -Infinity;
  for (const { time, isSync } of samples) {
    if (isSync && time > latest) dividing.add(time);
    latest = Math.max(latest, time);
  }
  return dividing;
}

/** The chunks with these numbers of frames; null when the video has not as many. Pure. */
export function chunksOf(frames: readonly number[], { times, end }: ShownFrames): Chunk[] | null {
  let next = 0;
  const chunks = frames.map((count) => {
    const firstFrame = next;
    next += count;
    return { firstFrame, frames: count, start: times[firstFrame]!, end: times[next] ?? end };
  });
  return next === times.length ? chunks : null;
}

/** A range of samples in decoding order, `to` not included. */
export interface SampleRange {
  from: number;
  to: number;
}

/**
 * The samples that a decoder needs for a chunk: from the sync sample at its start, or before it, to the last frame
 * that is presented in it. With an open GOP that is after the next chunk's sync sample. Pure.
 */
export function samplesOf(
  samples: readonly Sample[],
  { start, end }: Pick<Chunk, "start" | "end">,
): SampleRange {
  const isInside = ({ time }: Sample) => time >= start && time < end;
  const needed = samples.findIndex(isInside);
  const from = samples.findLastIndex(
    ({ isSync, time }, i) => isSync && time <= start && i <= needed,
  );
  return { from: Math.max(0, from), to: samples.findLastIndex(isInside) + 1 };
}
