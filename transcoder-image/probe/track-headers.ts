import type { FileHandle } from "node:fs/promises";
import { findBoxes, type ByteRange } from "./boxes.ts";

/** A number in a header: its offset in the file, its size in bytes, and its value. */
export interface Field {
  offset: number;
  bytes: 4 | 8;
  value: number;
}

/** One entry of an edit list (ISO/IEC 14496-12, 8.6.6). */
export interface Edit {
  /** In units of the movie's timescale; 0 means: to the end of the media. */
  duration: Field;
  /** Its start in the media, in units of the track's timescale; null for an empty edit. */
  mediaTime: number | null;
}

export interface TrackHeaders {
  place: ByteRange;
  trackId: number;
  /** `vide`, `soun`, `tmcd` and so on. */
  handler: string;
  /** Units per second of the media. */
  timescale: number;
  /** In units of the movie's timescale. */
  trackDuration: Field;
  /** In units of the track's timescale. */
  mediaDuration: Field;
  edits: Edit[];
}

export interface MovieHeaders {
  /** Units per second of the movie. */
  timescale: number;
  duration: Field;
  tracks: TrackHeaders[];
}

/** Reads mvhd, tkhd, elst, mdhd and hdlr (ISO/IEC 14496-12, 8.2 to 8.6); null when one of them is missing. */
export async function readMovieHeaders(file: FileHandle): Promise<MovieHeaders | null> {
  const { size } = await file.stat();
  const header = await openBox(file, { start: 0, end: size }, ["moov", "mvhd"]);
  if (header === null) return null;
  const tracks: TrackHeaders[] = [];
  for await (const place of findBoxes(file, { start: 0, end: size }, ["moov", "trak"])) {
    const track = await readTrack(file, place);
    if (track !== null) tracks.push(track);
  }
  return { ...timesOf(header), tracks };
}

async function readTrack(file: FileHandle, place: ByteRange): Promise<TrackHeaders | null> {
  const [track, media, handler, list] = await Promise.all([
    openBox(file, place, ["tkhd"]),
    openBox(file, place, ["mdia", "mdhd"]),
    openBox(file, place, ["mdia", "hdlr"]),
    openBox(file, place, ["edts", "elst"]),
  ]);
  if (track === null || media === null || handler === null) return null;
  const { timescale, duration: mediaDuration } = timesOf(media);
  const isLong = track.version === 1;
  return {
    place,
    trackId: track.bytes.readUInt32BE(isLong ? 20 : 12),
    handler: handler.bytes.toString("latin1", 8, 12),
    timescale,
    trackDuration: fieldAt(track, isLong ? 28 : 20),
    mediaDuration,
    edits: list === null ? [] : editsOf(list),
  };
}

interface OpenBox {
  start: number;
  version: number;
  bytes: Buffer;
}

/** All but the edit list are short, and no edit list has more than some thousand entries. */
const mostBytes = 1 << 20;
/** Longer than each of them without edits and names. Missing bytes read as 0. */
const leastBytes = 64;

/** The start of the contents of the first box of this type. */
async function openBox(
  file: FileHandle,
  within: ByteRange,
  types: readonly string[],
): Promise<OpenBox | null> {
  for await (const { start, end } of findBoxes(file, within, types)) {
    const bytes = Buffer.alloc(Math.min(Math.max(end - start, leastBytes), mostBytes));
    await file.read(bytes, 0, Math.min(end - start, mostBytes), start);
    return { start, version: bytes.readUInt8(0), bytes };
  }
  return null;
}

/** mvhd and mdhd begin in the same way: version, two timestamps, timescale, duration. */
function timesOf(box: OpenBox): { timescale: number; duration: Field } {
  const isLong = box.version === 1;
  return {
    timescale: box.bytes.readUInt32BE(isLong ? 20 : 12),
    duration: fieldAt(box, isLong ? 24 : 16),
  };
}

function editsOf(list: OpenBox): Edit[] {
  const isLong = list.version === 1;
  const [entryBytes, timeOffset] = isLong ? [20, 8] : [12, 4];
  const fitting = Math.floor((list.bytes.length - 8) / entryBytes);
  const count = Math.min(list.bytes.readUInt32BE(4), fitting);
  return Array.from({ length: count }, (_, i) => {
    const at = 8 + i * entryBytes;
    const time = isLong
      ? Number(list.bytes.readBigInt64BE(at + timeOffset))
      : list.bytes.readInt32BE(at + timeOffset);
    return { duration: fieldAt(list, at), mediaTime: time === -1 ? null : time };
  });
}

/** Version 1 of a box has 64 bits where version 0 has 32. */
function fieldAt({ start, version, bytes }: OpenBox, at: number): Field {
  return version === 1
    ? { offset: start + at, bytes: 8, value: Number(bytes.readBigUInt64BE(at)) }
    : { offset: start + at, bytes: 4, value: bytes.readUInt32BE(at) };
}
