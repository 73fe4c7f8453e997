import { open, type FileHandle } from "node:fs/promises";
import { readMediaSpan } from "../probe/read-media-span.ts";
import { readMovieHeaders, type Field, type TrackHeaders } from "../probe/track-headers.ts";

/** Handlers of the tracks whose duration is written: the video, and its timecode. */
const timedHandlers: ReadonlySet<string> = new Set(["vide", "tmcd"]);

/**
 * Writes the presented duration of the video, in seconds, into the headers of a file that ffmpeg has written: the last
 * edit ends then (ISO/IEC 14496-12, 8.6.6), and the durations of track, media and movie follow from it (8.3.2, 8.4.2,
 * 8.2.2). Numbers are overwritten in place: no box moves, and samples and audio stay as they are. ffmpeg's own
 * numbers differ from version to version (docs/adr/0015). The verification finds a duration that can't be written.
 */
export async function writeVideoDuration(path: string, seconds: number): Promise<void> {
  await using file = await open(path, "r+");
  const movie = await readMovieHeaders(file);
  if (movie === null) return;
  const units = Math.round(seconds * movie.timescale);
  const durations: number[] = [];
  for (const track of movie.tracks) {
    durations.push(
      timedHandlers.has(track.handler) && track.edits.length > 0
        ? await writeTrackDuration(file, track, units)
        : track.trackDuration.value,
    );
  }
  await write(file, movie.duration, maxOf(durations));
}

/** Returns the duration of the track with its empty edits. In units of the movie, as `units`. */
async function writeTrackDuration(
  file: FileHandle,
  track: TrackHeaders,
  units: number,
): Promise<number> {
  const before = track.edits.slice(0, -1).reduce((sum, edit) => sum + edit.duration.value, 0);
  const last = track.edits.at(-1);
  if (last !== undefined) await write(file, last.duration, units);
  await write(file, track.trackDuration, before + units);
  const media = await readMediaSpan(file, track);
  if (media !== null) await write(file, track.mediaDuration, media.total);
  return before + units;
}

/** Of the longest track, which is the duration of the movie. */
function maxOf(durations: readonly number[]): number {
  return durations.reduce((a, b) => Math.max(a, b), 0);
}

async function write(file: FileHandle, { offset, bytes }: Field, value: number): Promise<void> {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 8) buffer.writeBigUInt64BE(BigInt(value));
  else buffer.writeUInt32BE(Math.min(value, 0xffffffff));
  await file.write(buffer, 0, bytes, offset);
}
