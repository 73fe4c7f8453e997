import type { Source } from "../probe/media.ts";

/**
 * Every frame keeps its own time, and the last one is shown as long as in the source: no frame is dropped or
 * doubled, and times are counted in units that the source's own are whole multiples of.
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
 * Makes the sum of the track's sample durations what the video is presented for (docs/adr/0015). The duration of a
 * sample is the time until the next one is decoded; the one that is decoded last gets what is missing. Encoders
 * tell nothing reliable about it: with ffmpeg before 6.1 they drop durations, with newer ones they guess some.
 * ffmpeg 5.1 counts packets in the encoder's units or in the track's, depending on what starts first, which is why
 * both are the same here.
 */
function durationFilter(units: number): string {
  const missing = `max(1,${units}-DTS+STARTDTS)`;
  const duration = `if(eq(NEXT_DTS,NOPTS),${missing},DURATION)`;
  return `setts=pts=PTS:dts=DTS:duration=${duration.replaceAll(",", "\\,")}`;
}

/** A whole number of units, as seconds, is not quite whole. */
const roundingError = 0.01;

/** What ffmpeg's writer of MP4 makes of fewer: so many that a time can be rounded. */
const minUnits = 10_000;
/** It takes no longer sample (libavformat/movenc.c, `check_pkt`). */
const maxSampleUnits = 2 ** 31 - 1;

/** The source's units a second, doubled until there are enough; few where a frame stands too long for them. */
function unitsPerSecond(source: Source): number {
  let units = Number(source.video.timeBase.split("/")[1]);
  if (!(units > 0) || maxSampleSeconds(source) * units > maxSampleUnits) return minUnits;
  while (units < minUnits) units *= 2;
  return units;
}

/** Frames that an encoder may hold back: the last sample may last for the time between as many. */
const maxReordered = 16;

/** The most seconds that a sample may have to last. */
function maxSampleSeconds({ timestamps, presentedSeconds }: Source): number {
  const first = timestamps[0] ?? 0;
  const lastOnes = first + presentedSeconds - (timestamps.at(-maxReordered) ?? first);
  return timestamps
    .map((time, i) => time - (timestamps[i - 1] ?? time))
    .reduce((a, b) => Math.max(a, b), lastOnes);
}
