import { open } from "node:fs/promises";
import { presentedSeconds } from "./presented-duration.ts";
import { readMediaSpan } from "./read-media-span.ts";
import { readMovieHeaders } from "./track-headers.ts";

/** Reads a track's `presentedSeconds` from the file; null when its tables can't be read. */
export async function readPresentedSeconds(path: string, trackId: number): Promise<number | null> {
  await using file = await open(path);
  const movie = await readMovieHeaders(file);
  const track = movie?.tracks.find((each) => each.trackId === trackId);
  if (movie === null || track === undefined) return null;
  const media = await readMediaSpan(file, track);
  if (media === null) return null;
  const seconds = presentedSeconds({
    movieTimescale: movie.timescale,
    timescale: track.timescale,
    edits: track.edits.map(({ duration, mediaTime }) => ({ duration: duration.value, mediaTime })),
    media,
  });
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
