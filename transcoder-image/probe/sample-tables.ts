import type { SampleRun } from "./media-span.ts";

/** A run of a table: a number of samples, and their common value. */
interface Entry {
  count: number;
  value: number;
}

/**
 * The samples that the tables stts and ctts describe (ISO/IEC 14496-12, 8.6.1), each given as the
 * contents of its box. Pure.
 */
export function* indexedRuns(durations: Buffer, offsets: Buffer | null): Generator<SampleRun> {
  const entries = offsets === null ? undefined : entriesOf(offsets);
  const next = (): Entry => entries?.next().value ?? { count: Infinity, value: 0 };
  let left = next();
  let decodeTime = 0;
  for (const { count: all, value } of entriesOf(durations)) {
    const duration = asDuration(value);
    for (let count = all; count > 0;) {
      while (left.count === 0) left = next();
      const taken = Math.min(count, left.count);
      yield { decodeTime, count: taken, duration, offset: left.value };
      decodeTime += taken * duration;
      count -= taken;
      left = { count: left.count - taken, value: left.value };
    }
  }
}

/** Values are read as signed: QuickTime has negative offsets in tables of version 0 too. */
function* entriesOf(table: Buffer): Generator<Entry, undefined> {
  const fitting = Math.floor((table.length - 8) / 8);
  const count = Math.min(table.readUInt32BE(4), fitting);
  for (let at = 8; at < 8 + count * 8; at += 8) {
    yield { count: table.readUInt32BE(at), value: table.readInt32BE(at + 4) };
  }
  return undefined;
}

/**
 * Durations are unsigned, but some files mend the clock with negative ones: ffmpeg takes those above
 * its `max_stts_delta` for such (libavformat/mov.c).
 */
function asDuration(signed: number): number {
  return signed < -480_000 ? signed + 2 ** 32 : signed;
}
