import { open } from "node:fs/promises";
import type { MediaLimits } from "@transpod/contract/media-limits.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { boxesIn, type Box, type ByteRange } from "../probe/boxes.ts";
import type { Source } from "../probe/media.ts";
import { probeSource } from "../probe/probe-source.ts";
import { readMovieHeaders } from "../probe/track-headers.ts";
import type { S3Object } from "../transfer/get-object.ts";
import type { SparseSource } from "../transfer/sparse-source.ts";
import { placesOf } from "./read-samples.ts";
import { readVideoIndex, type VideoIndex } from "./video-index.ts";

/** What the index of a video says, read without most of the video. */
export interface Indexed {
  source: Source;
  index: VideoIndex;
}

/**
 * Fetches the index of a video and the first frames, and probes the file as if it were whole. Null when it can't be
 * cut; then the whole file must be probed to know why.
 */
export async function lookAtIndex(
  sparse: SparseSource,
  object: S3Object,
  limits: MediaLimits,
): Promise<Indexed | null> {
  if (!(await fetchMovieBox(sparse, object))) return null;
  const indexes = await fetchFirstFrames(sparse, object);
  try {
    const source = await probeSource(sparse.path, object.signal, limits);
    const index = indexes.get(source.video.trackId);
    return index === undefined ? null : { source, index };
  } catch (error) {
    if (error instanceof AttemptError) return null;
    throw error;
  }
}

/** A file that is not fragmented has a few boxes at its top level. */
const maxBoxes = 32;
const headerBytes = 64 * 1024;
/** The largest index that is fetched for this; a day of video takes less. */
const maxIndexBytes = 256 * 1024 ** 2;

/** Fetches the headers of all boxes at the top level, and the whole of `moov`. */
async function fetchMovieBox(sparse: SparseSource, object: S3Object): Promise<boolean> {
  await using file = await open(sparse.path);
  const all = { start: 0, end: sparse.sizeBytes };
  let offset = 0;
  let movie: ByteRange | undefined;
  for (let i = 0; offset < all.end; i += 1) {
    if (i === maxBoxes) return false;
    await sparse.fetch(object, [{ start: offset, end: offset + headerBytes }]);
    const box = await firstBox(boxesIn(file, { ...all, start: offset }));
    if (box?.complete !== true) return false;
    if (box.type === "moov") movie = { start: offset, end: box.end };
    offset = box.end;
  }
  if (movie === undefined || movie.end - movie.start > maxIndexBytes) return false;
  await sparse.fetch(object, [movie]);
  return true;
}

async function firstBox(boxes: AsyncGenerator<ByteRange & Box>) {
  for await (const box of boxes) return box;
  return undefined;
}

/** ffprobe decodes some frames to describe a track. */
const describedFrames = 50;
const describedBytes = 8 * 1024 ** 2;

/** Resolves with the indexes of the video tracks that can be cut, by their ids. */
async function fetchFirstFrames(
  sparse: SparseSource,
  object: S3Object,
): Promise<Map<number, VideoIndex>> {
  await using file = await open(sparse.path);
  const movie = await readMovieHeaders(file);
  const indexes = new Map<number, VideoIndex>();
  for (const { trackId, handler } of movie?.tracks ?? []) {
    const index = handler === "vide" ? await readVideoIndex(sparse.path, trackId) : null;
    if (index === null) continue;
    indexes.set(trackId, index);
    const places = placesOf(index.samples.slice(0, describedFrames));
    const start = places[0]?.start ?? 0;
    await sparse.fetch(
      object,
      places.filter(({ end }) => end - start < describedBytes),
    );
  }
  return indexes;
}
