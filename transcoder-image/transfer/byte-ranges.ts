import type { ByteRange } from "../probe/boxes.ts";

/** Two requests cost more than reading what is between. */
const gapBytes = 256 * 1024;

/** Ranges in order, joined where they touch or nearly touch. Pure. */
export function merged(ranges: readonly ByteRange[], gap = gapBytes): ByteRange[] {
  const result: ByteRange[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end + gap) last.end = Math.max(last.end, end);
    else if (end > start) result.push({ start, end });
  }
  return result;
}

/** The parts of the wanted ranges that are not present. Pure. */
export function missingRanges(
  present: readonly ByteRange[],
  wanted: readonly ByteRange[],
): ByteRange[] {
  return merged(wanted).flatMap((range) => without(range, present));
}

function without({ start, end }: ByteRange, present: readonly ByteRange[]): ByteRange[] {
  const parts: ByteRange[] = [];
  let at = start;
  for (const known of present) {
    if (known.end <= at || known.start >= end) continue;
    if (known.start > at) parts.push({ start: at, end: known.start });
    at = Math.max(at, known.end);
  }
  if (at < end) parts.push({ start: at, end });
  return parts;
}
