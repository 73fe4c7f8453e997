/** Reading of the sample tables stsz, stsc, stco, co64 and stss (ISO/IEC 14496-12, 8.7 and 8.6.2), each given as the
 * contents of its box. Pure; a table that is cut off counts for as far as it goes. */

/** The size of each sample in bytes. */
export function sampleSizes(stsz: Buffer): number[] {
  const usual = stsz.readUInt32BE(4);
  const count = stsz.readUInt32BE(8);
  const fitting = usual === 0 ? Math.floor((stsz.length - 12) / 4) : maxSamples;
  return Array.from({ length: Math.min(count, fitting) }, (_, i) =>
    usual === 0 ? stsz.readUInt32BE(12 + i * 4) : usual,
  );
}

/** More than a day at 60 frames per second: a larger count is not true. */
const maxSamples = 6_000_000;

/** The offset of each sample in the file; null when the tables don't describe every sample. */
export function sampleOffsets(
  sizes: readonly number[],
  stsc: Buffer,
  places: { stco: Buffer | null | undefined; co64: Buffer | null | undefined },
): number[] | null {
  const starts = chunkOffsets(places);
  const runs = entries(stsc, 12).map((at) => ({
    first: stsc.readUInt32BE(at) - 1,
    samples: stsc.readUInt32BE(at + 4),
  }));
  const offsets: number[] = [];
  let run = 0;
  for (const [chunk, start] of starts.entries()) {
    while ((runs[run + 1]?.first ?? Infinity) <= chunk) run += 1;
    let offset = start;
    for (let i = 0; i < (runs[run]?.samples ?? 0) && offsets.length < sizes.length; i += 1) {
      offsets.push(offset);
      offset += sizes[offsets.length - 1]!;
    }
  }
  return offsets.length === sizes.length ? offsets : null;
}

function chunkOffsets({ stco, co64 }: Parameters<typeof sampleOffsets>[2]): number[] {
  if (stco) return entries(stco, 4).map((at) => stco.readUInt32BE(at));
  return co64 ? entries(co64, 8).map((at) => Number(co64.readBigUInt64BE(at))) : [];
}

/** Whether a sample, counted from 0, is a sync sample. Without a table all are. */
export function syncSamples(stss: Buffer | null): (sample: number) => boolean {
  if (stss === null) return () => true;
  const numbers = new Set(entries(stss, 4).map((at) => stss.readUInt32BE(at) - 1));
  return (sample) => numbers.has(sample);
}

/** Where the entries of a table are that begins with version, flags and their number. */
function entries(table: Buffer, bytes: number): number[] {
  const count = Math.min(table.readUInt32BE(4), Math.floor((table.length - 8) / bytes));
  return Array.from({ length: count }, (_, i) => 8 + i * bytes);
}
