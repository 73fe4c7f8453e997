import type { FileHandle } from "node:fs/promises";
import type { TrackBoxes } from "./video-index.ts";

/** A frame to be written. Times are in units of the movie, the first decoding time is 0. */
export interface WrittenSample {
  size: number;
  decodeTime: number;
  time: number;
  isSync: boolean;
}

export interface WrittenMovie {
  /** Units per second, of the movie and of its track. */
  timescale: number;
  /** In decoding order. */
  samples: readonly WrittenSample[];
  /** The frames that are presented, in the order of their times: from `start` until before `end`. */
  shown: { start: number; end: number };
  /** Of another file: sample entry, language, handler and rotation are taken from it. */
  boxes: TrackBoxes;
}

/**
 * Writes a movie of one video track: its index first (ISO/IEC 14496-12), then the samples that `data` yields in
 * decoding order, with exact times.
 */
export async function writeMovie(
  file: FileHandle,
  movie: WrittenMovie,
  data: AsyncIterable<Buffer>,
): Promise<void> {
  const type = box("ftyp", Buffer.from("isom"), u32(0x200), Buffer.from("isomiso6mp41"));
  const mediaBytes = sum(movie.samples.map(({ size }) => size));
  const media = Buffer.concat([u32(1), Buffer.from("mdat"), long(16 + mediaBytes)]);
  // The size of the index does not depend on the offset in it.
  const indexBytes = index(movie, 0).length;
  const offset = type.length + indexBytes + media.length;
  await file.appendFile(Buffer.concat([type, index(movie, offset), media]));
  for await (const bytes of data) await file.appendFile(bytes);
}

function index(movie: WrittenMovie, offset: number): Buffer {
  return box("moov", movieHeader(movie), track(movie, offset));
}

const trackId = 1;
const identityMatrix = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

function movieHeader(movie: WrittenMovie): Buffer {
  const times = Buffer.concat([long(0), long(0), u32(movie.timescale), long(durationOf(movie))]);
  const rest = [u32(0x1_0000), u16(0x100), Buffer.alloc(10), ...identityMatrix.map(u32)];
  return fullBox("mvhd", 1, 0, times, ...rest, Buffer.alloc(24), u32(trackId + 1));
}

function track(movie: WrittenMovie, offset: number): Buffer {
  const { boxes } = movie;
  return box(
    "trak",
    trackHeader(movie),
    box("edts", editList(movie)),
    box(
      "mdia",
      mediaHeader(movie),
      box("hdlr", boxes.hdlr),
      box(
        "minf",
        boxes.vmhd === null ? fullBox("vmhd", 0, 1, Buffer.alloc(8)) : box("vmhd", boxes.vmhd),
        box("dinf", fullBox("dref", 0, 0, u32(1), fullBox("url ", 0, 1))),
        sampleTables(movie, offset),
      ),
    ),
  );
}

/** The header of the other file, with our number and duration. Version 1 has 64 bits where version 0 has 32. */
function trackHeader(movie: WrittenMovie): Buffer {
  const { tkhd } = movie.boxes;
  const afterDuration = tkhd[0] === 1 ? 36 : 24;
  return fullBox(
    "tkhd",
    1,
    tkhd.readUIntBE(1, 3),
    ...[long(0), long(0), u32(trackId), u32(0), long(durationOf(movie))],
    tkhd.subarray(afterDuration),
  );
}

function mediaHeader({ timescale, samples, boxes, shown }: WrittenMovie): Buffer {
  const language = boxes.mdhd.subarray(boxes.mdhd[0] === 1 ? 32 : 20).subarray(0, 4);
  const duration = long(sum(sampleDurations(samples, shown.end)));
  return fullBox("mdhd", 1, 0, long(0), long(0), u32(timescale), duration, language);
}

function editList(movie: WrittenMovie): Buffer {
  const edit = [long(durationOf(movie)), long(movie.shown.start), u32(0x1_0000)];
  return fullBox("elst", 1, 0, u32(1), ...edit);
}

function durationOf({ shown }: WrittenMovie): number {
  return shown.end - shown.start;
}

function sampleTables({ samples, shown, boxes }: WrittenMovie, offset: number): Buffer {
  const sync = samples.flatMap(({ isSync }, i) => (isSync ? [i + 1] : []));
  const durations = sampleDurations(samples, shown.end);
  const offsets = samples.map(({ time, decodeTime }) => time - decodeTime);
  return box(
    "stbl",
    box("stsd", boxes.stsd),
    fullBox("stts", 0, 0, runs(durations)),
    fullBox("ctts", 1, 0, runs(offsets)),
    fullBox("stss", 0, 0, u32(sync.length), table(sync)),
    fullBox("stsz", 0, 0, u32(0), u32(samples.length), table(samples.map(({ size }) => size))),
    // All samples are in one chunk.
    fullBox("stsc", 0, 0, u32(1), u32(1), u32(samples.length), u32(1)),
    fullBox("co64", 0, 0, u32(1), long(offset)),
  );
}

/** A sample lasts until the next one is decoded; the last one until all is presented, if that is later. */
function sampleDurations(samples: readonly WrittenSample[], end: number): number[] {
  return samples.map(({ decodeTime }, i) =>
    Math.max(1, (samples[i + 1]?.decodeTime ?? end) - decodeTime),
  );
}

/** A table of equal neighbours: how many, and their value. */
function runs(values: readonly number[]): Buffer {
  const entries: { count: number; value: number }[] = [];
  for (const value of values) {
    const last = entries.at(-1);
    if (last?.value === value) last.count += 1;
    else entries.push({ count: 1, value });
  }
  const cells = entries.flatMap(({ count, value }) => [count, value]);
  return Buffer.concat([u32(entries.length), table(cells)]);
}

/** Numbers of 32 bits, also negative ones. A film has more samples than a call can have arguments: one buffer. */
function table(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeInt32BE(value | 0, 4 * i);
  return bytes;
}

function box(type: string, ...contents: Buffer[]): Buffer {
  const size = 8 + sum(contents.map(({ length }) => length));
  return Buffer.concat([u32(size), Buffer.from(type, "latin1"), ...contents]);
}

function fullBox(type: string, version: number, flags: number, ...contents: Buffer[]): Buffer {
  return box(type, u32(version * 2 ** 24 + flags), ...contents);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u32(value: number): Buffer {
  return table([value]);
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(Math.round(value)));
  return bytes;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
