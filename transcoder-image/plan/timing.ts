import type { Source } from "../probe/media.ts";

/**
 * Options with which every frame keeps its time and the last one its duration: no frame is dropped or doubled, and
 * the source's time unit is a whole multiple of the output's.
 */
export function timing(source: Source): string[] {
  const units = unitsPerSecond(source);
  return [
    ["-fps_mode", "passthrough", "-enc_time_base:v:0", `1/${units}`],
    ["-video_track_timescale", String(units), "-movie_timescale", "90000"],
    ["-bsf:v:0", durationFilter(Math.ceil(source.presentedSeconds * units - roundingError))],
  ].flat();
}

/**
 * A bitstream filter that makes the sum of the track's sample durations the presented duration (docs/adr/0015). The
 * duration of a sample is the time until the next one is decoded. The sample that is decoded last gets the rest:
 * ffmpeg before 6.1 drops its duration in the encoder, and newer versions guess it. ffmpeg 5.1 counts packets in the
 * encoder's units or in the track's, depending on which is initialised first, so both are the same here.
 */
function durationFilter(units: number): string {
  const missing = `max(1,${units}-DTS+STARTDTS)`;
  const duration = `if(eq(NEXT_DTS,NOPTS),${missing},DURATION)`;
  return `setts=pts=PTS:dts=DTS:duration=${duration.replaceAll(",", "\\,")}`;
}

/** A whole number of units that was converted to seconds and back is not exactly whole. */
const roundingError = 0.01;

/** ffmpeg's MP4 muxer multiplies fewer until it has as many, so that it can round times. */
const minUnits = 10_000;
/** The longest sample that the muxer accepts (libavformat/movenc.c, `check_pkt`). */
const maxSampleUnits = 2 ** 31 - 1;

/** The source's units per second, doubled until there are enough; fewer when a frame is shown too long for them. */
export function unitsPerSecond(source: Source): number {
  let units = Number(source.video.timeBase.split("/")[1]);
  if (!(units > 0) || maxSampleSeconds(source) * units > maxSampleUnits) return minUnits;
  while (units < minUnits) units *= 2;
  return units;
}

/** Frames that an encoder may reorder: the last sample can be as long as the time between so many. */
const maxReordered = 16;

/** The maximum duration of a sample, in seconds. */
function maxSampleSeconds({ timestamps, presentedSeconds }: Source): number {
  const first = timestamps[0] ?? 0;
  const lastOnes = first + presentedSeconds - (timestamps.at(-maxReordered) ?? first);
  return timestamps
    .map((time, i) => time - (timestamps[i - 1] ?? time))
    .reduce((a, b) => Math.max(a, b), lastOnes);
}
