import { open, type FileHandle } from "node:fs/promises";
import type { ByteRange } from "../probe/boxes.ts";
import { findBoxes } from "../probe/boxes.ts";
import { readBox } from "../probe/read-box.ts";
import { tables } from "../probe/read-media-span.ts";
import { indexedRuns } from "../probe/sample-tables.ts";
import { readMovieHeaders, type Edit, type TrackHeaders } from "../probe/track-headers.ts";
import { sampleOffsets, sampleSizes, syncSamples } from "./sample-places.ts";

/** One frame as the file stores it. Times are in units of the track's timescale. */
export interface Sample {
  /** In bytes from the file's start. */
  offset: number;
  size: number;
  decodeTime: number;
  /** When it is presented, before the edit list. */
  time: number;
  isSync: boolean;
}

/** Contents of the boxes of a track that describe its pictures (ISO/IEC 14496-12). */
export interface TrackBoxes {
  tkhd: Buffer;
  mdhd: Buffer;
  hdlr: Buffer;
  vmhd: Buffer | null;
  stsd: Buffer;
}

/** All that the index of a file says about one video track. */
export interface VideoIndex {
  timescale: number;
  /** In decoding order. */
  samples: Sample[];
  /** The frames from `start` until before `end` are presented, in units of the track's timescale. */
  shown: { start: number; end: number };
  boxes: TrackBoxes;
}

/** Reads the index of one track. Null when there is none, or it is of a kind that we don't cut. */
export async function readVideoIndex(path: string, trackId: number): Promise<VideoIndex | null> {
  await using file = await open(path);
  const { size } = await file.stat();
  // The samples of a fragmented file are in its fragments.
  for await (const _ of findBoxes(file, { start: 0, end: size }, ["moov", "mvex"])) return null;
  const movie = await readMovieHeaders(file);
  const track = movie?.tracks.find((each) => each.trackId === trackId);
  if (movie === null || track === undefined) return null;
  const shown = shownTimes(track, movie.timescale);
  const boxes = await readTrackBoxes(file, track.place);
  const samples = await readSamples(file, track.place);
  if (shown === null || boxes === null || samples === null) return null;
  return { timescale: track.timescale, samples, shown, boxes };
}

/** Null for an edit list of several parts. */
function shownTimes(
  { edits, timescale }: TrackHeaders,
  movieTimescale: number,
): VideoIndex["shown"] | null {
  const isEmpty = ({ mediaTime }: Edit) => mediaTime === null;
  const [edit, ...others] = edits.slice(edits.findIndex((each) => !isEmpty(each)));
  if (edit === undefined || edits.length === 0) return { start: -Infinity, end: Infinity };
  if (others.length > 0 || edit.mediaTime === null) return null;
  const units = (edit.duration.value * timescale) / movieTimescale;
  return {
    start: edit.mediaTime,
    end: edit.duration.value === 0 ? Infinity : edit.mediaTime + units,
  };
}

async function readTrackBoxes(file: FileHandle, track: ByteRange): Promise<TrackBoxes | null> {
  const [tkhd, mdhd, hdlr, vmhd, stsd] = await Promise.all(
    [
      ["tkhd"],
      ["mdia", "mdhd"],
      ["mdia", "hdlr"],
      ["mdia", "minf", "vmhd"],
      [...tables, "stsd"],
    ].map((path) => readBox(file, track, path)),
  );
  if (!tkhd || !mdhd || !hdlr || !stsd || stsd.readUInt32BE(4) !== 1) return null;
  return { tkhd, mdhd, hdlr, vmhd: vmhd ?? null, stsd };
}

async function readSamples(file: FileHandle, track: ByteRange): Promise<Sample[] | null> {
  const table = (type: string) => readBox(file, track, [...tables, type]);
  const [stts, ctts, stsz, stsc, stco, co64, stss] = await Promise.all(
    ["stts", "ctts", "stsz", "stsc", "stco", "co64", "stss"].map(table),
  );
  if (!stts || !stsz || !stsc || (!stco && !co64)) return null;
  const sizes = sampleSizes(stsz);
  const offsets = sampleOffsets(sizes, stsc, { stco, co64 });
  if (offsets === null) return null;
  const isSync = syncSamples(stss ?? null);
  const samples: Sample[] = [];
  for (const { decodeTime, count, duration, offset } of indexedRuns(stts, ctts ?? null)) {
    if (duration < 0) return null;
    for (let i = 0; i < count && samples.length < sizes.length; i += 1) {
      const at = samples.length;
      const decoded = decodeTime + i * duration;
      samples.push({
        ...{ offset: offsets[at]!, size: sizes[at]!, isSync: isSync(at) },
        ...{ decodeTime: decoded, time: decoded + offset },
      });
    }
  }
  return samples.length === sizes.length ? samples : null;
}
