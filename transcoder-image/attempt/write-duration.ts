import { open, type FileHandle } from "node:fs/promises";
import { readMediaSpan } from "../probe/read-media-span.ts";
import {
  readMovieHeaders,
  type Field,
  type MovieHeaders,
  type TrackHeaders,
} from "../probe/track-headers.ts";

/** The picture, and the timecode that is shown beside it. */
const timedHandlers: ReadonlySet<string> = new Set(["vide", "tmcd"]);

/**
 * Writes into the headers of a file that ffmpeg has written for how long its video is presented: the last edit
 * ends then (ISO/IEC 14496-12, 8.6.6), and the durations of track, media and movie follow from it (8.3.2, 8.4.2,
 * 8.2.2). Numbers are overwritten in place: nothing moves, and media and sound stay as they are. ffmpeg's own
 * numbers differ from version to version (docs/adr/0015). What can't be written is left for the verification to
 * find.
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

/** Gives back how long the track is, with the gap before it. In units of the movie, as `units`. */
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

/** The maxOf track's is the movie's. */
function maxOf(durations: readonly number[]): MovieHeaders["duration"]["value"] {
  return durations.reduce((a, b) => Math.max(a, b), 0);
}

async function write(file: FileHandle, { offset, bytes }: Field, value: number): Promise<void> {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 8) buffer.writeBigUInt64BE(BigInt(value));
  else buffer.writeUInt32BE(Math.min(value, 0xffffffff));
  await file.write(buffer, 0, bytes, offset);
}
