import type { FileHandle } from "node:fs/promises";
import { findBoxes, type ByteRange } from "./boxes.ts";
import type { SampleRun } from "./media-span.ts";

/** Flags of tfhd and trun for the fields that are present (ISO/IEC 14496-12, 8.8.7 and 8.8.8). */
const header = { baseOffset: 0x1, description: 0x2, duration: 0x8 } as const;
const run = {
  dataOffset: 0x1,
  firstFlags: 0x4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
} as const;
const offsetFlag = 0x800;

/**
 * The samples of a track's fragments, table by table. `end` returns the end of the previous sample: a fragment without
 * its own start time begins there.
 */
export async function* readFragmentRuns(
  file: FileHandle,
  trackId: number,
  end: () => number,
): AsyncGenerator<Iterable<SampleRun>> {
  const { size } = await file.stat();
  const everything = { start: 0, end: size };
  const usual = await usualDuration(file, everything, trackId);
  for await (const fragment of findBoxes(file, everything, ["moof", "traf"])) {
    const own = await first(file, fragment, "tfhd");
    if (own === null || own.readUInt32BE(4) !== trackId) continue;
    let decodeTime = decodeTimeOf(await first(file, fragment, "tfdt")) ?? end();
    for await (const place of findBoxes(file, fragment, ["trun"])) {
      yield runsOf(await contents(file, place), decodeTime, durationOf(own) ?? usual);
      // The caller has added up the previous runs by now.
      decodeTime = end();
    }
  }
}

async function usualDuration(
  file: FileHandle,
  within: ByteRange,
  trackId: number,
): Promise<number> {
  for await (const place of findBoxes(file, within, ["moov", "mvex", "trex"])) {
    const bytes = await contents(file, place);
    if (bytes.readUInt32BE(4) === trackId) return bytes.readUInt32BE(12);
  }
  return 0;
}

function durationOf(tfhd: Buffer): number | undefined {
  const flags = flagsOf(tfhd);
  if ((flags & header.duration) === 0) return undefined;
  const before = (flags & header.baseOffset ? 8 : 0) + (flags & header.description ? 4 : 0);
  return tfhd.readUInt32BE(8 + before);
}

function decodeTimeOf(tfdt: Buffer | null): number | undefined {
  if (tfdt === null) return undefined;
  return tfdt.readUInt8(0) === 1 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4);
}

/** The samples of one trun, one run for each. Pure. */
export function* runsOf(trun: Buffer, start: number, usual: number): Generator<SampleRun> {
  const flags = flagsOf(trun);
  const has = (flag: number) => (flags & flag ? 4 : 0);
  const entryBytes = has(run.duration) + has(run.size) + has(run.flags) + has(offsetFlag);
  let at = 8 + has(run.dataOffset) + has(run.firstFlags);
  const claimed = trun.readUInt32BE(4);
  if (entryBytes === 0) {
    yield { decodeTime: start, count: claimed, duration: usual, offset: 0 };
    return;
  }
  const end = Math.min(trun.length - entryBytes + 1, at + claimed * entryBytes);
  for (let decodeTime = start; at < end; at += entryBytes) {
    const duration = has(run.duration) ? trun.readUInt32BE(at) : usual;
    const offset = has(offsetFlag) ? trun.readInt32BE(at + entryBytes - 4) : 0;
    yield { decodeTime, count: 1, duration, offset };
    decodeTime += duration;
  }
}

function flagsOf(box: Buffer): number {
  return box.readUIntBE(1, 3);
}

async function first(file: FileHandle, within: ByteRange, type: string): Promise<Buffer | null> {
  for await (const place of findBoxes(file, within, [type])) return contents(file, place);
  return null;
}

/** Missing bytes at the end of a box read as 0. */
const leastBytes = 64;
/** No fragment holds a million samples. */
const mostBytes = 1 << 24;

async function contents(file: FileHandle, { start, end }: ByteRange): Promise<Buffer> {
  const bytes = Math.min(Math.max(0, end - start), mostBytes);
  const buffer = Buffer.alloc(Math.max(bytes, leastBytes));
  await file.read(buffer, 0, bytes, start);
  return buffer;
}
