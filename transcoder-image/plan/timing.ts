import type { Source } from "../probe/media.ts";

/**
 * Every frame keeps its own time, and the last one is shown as long as in the source: no frame is dropped or
 * doubled, and times are counted in units that the source's own are whole multiples of.
 */
export function timing(source: Source): string[] {
  const units = unitsASecond(source);
  return [
    ["-fps_mode", "passthrough", "-enc_time_base:v:0", `1/${units}`],
    ["-video_track_timescale", String(units), "-movie_timescale", "90000"],
    ["-bsf:v:0", mediaLasting(Math.ceil(source.presentedSeconds * units - roundingError))],
  ].flat();
}

/**
 * Makes the sum of the track's sample durations what the video is presented for (docs/adr/0015). The duration of a
 * sample is the time until the next one is decoded; the one that is decoded last gets what is missing. Encoders
 * tell nothing reliable about it: with ffmpeg before 6.1 they drop durations, with newer ones they guess some.
 * ffmpeg 5.1 counts packets in the encoder's units or in the track's, depending on what starts first, which is why
 * both are the same here.
 */
function mediaLasting(units: number): string {
  const missing = `max(1,${units}-DTS+STARTDTS)`;
  const duration = `if(eq(NEXT_DTS,NOPTS),${missing},DURATION)`;
  return `setts=pts=PTS:dts=DTS:duration=${duration.replaceAll(",", "\\,")}`;
}

/** A whole number of units, as seconds, is not quite whole. */
const roundingError = 0.01;

/** What ffmpeg's writer of MP4 makes of fewer: so many that a time can be rounded. */
const leastUnits = 10_000;
/** It takes no longer sample (libavformat/movenc.c, `check_pkt`). */
const longestSample = 2 ** 31 - 1;

/** The source's units a second, doubled until there are enough; few where a frame stands too long for them. */
function unitsASecond(source: Source): number {
  let units = Number(source.video.timeBase.split("/")[1]);
  if (!(units > 0) || longestStand(source) * units > longestSample) return leastUnits;
  while (units < leastUnits) units *= 2;
  return units;
}

/** Frames that an encoder may hold back: the last sample may last for the time between as many. */
const mostReordered = 16;

/** The most seconds that a sample may have to last. */
function longestStand({ timestamps, presentedSeconds }: Source): number {
  const first = timestamps[0] ?? 0;
  const lastOnes = first + presentedSeconds - (timestamps.at(-mostReordered) ?? first);
  return timestamps
    .map((time, i) => time - (timestamps[i - 1] ?? time))
    .reduce((a, b) => Math.max(a, b), lastOnes);
}
