import { withoutEmulationPrevention } from "../probe/a53.ts";

/** How many bytes of a sample tell whether it is a clean start: SEI messages come before the picture. */
export const headBytes = 4096;

/** The bytes of a NAL unit's length, from the sample entry (ISO/IEC 14496-15); null for an unknown entry. */
export function lengthBytes(stsd: Buffer): number | null {
  const places = { avcC: 4, hvcC: 21 } as const;
  for (const [type, at] of Object.entries(places)) {
    const found = stsd.indexOf(type, 0, "latin1");
    const value = found < 0 ? undefined : stsd[found + type.length + at];
    if (value !== undefined) return (value & 3) + 1;
  }
  return null;
}

/**
 * Whether a decoder that begins at this sample gets every later presented frame exactly: an IDR picture, or an exact
 * recovery point without frames to recover (Rec. ITU-T H.264, 7.4.1.2.4 and D.2.8); or an IRAP picture of H.265 (Rec.
 * ITU-T H.265, 7.4.2.2). `head`: the first bytes of the sample. Pure.
 */
export function isCleanStart(head: Buffer, codec: string, lengths: number): boolean {
  const units = unitsOf(head, lengths);
  return codec === "hevc" ? units.some(isIrap) : units.some(isH264Start);
}

function isIrap(unit: Buffer): boolean {
  const type = (unit[0] ?? 0) >> 1;
  return type >= 16 && type <= 23;
}

function unitsOf(head: Buffer, lengths: number): Buffer[] {
  const units: Buffer[] = [];
  for (let at = 0; at + lengths < head.length;) {
    const start = at + lengths;
    const end = start + head.readUIntBE(at, lengths);
    units.push(head.subarray(start, end));
    at = end;
  }
  return units;
}

const idr = 5;
const sei = 6;

function isH264Start(unit: Buffer): boolean {
  const type = (unit[0] ?? 0) & 0x1f;
  return type === idr || (type === sei && hasExactRecovery(withoutEmulationPrevention(unit)));
}

const recoveryPoint = 6;

/** Reads the messages of an SEI unit: type and size, each in bytes of 255 and a last one (7.3.2.3.1). */
function hasExactRecovery(unit: Buffer): boolean {
  for (let at = 1; at + 2 < unit.length;) {
    const type = sumOf(unit, at);
    const size = sumOf(unit, type.next);
    // recovery_frame_cnt is 0, a single 1 bit; then exact_match_flag.
    if (type.value === recoveryPoint) return ((unit[size.next] ?? 0) & 0xc0) === 0xc0;
    at = size.next + size.value;
  }
  return false;
}

function sumOf(unit: Buffer, start: number): { value: number; next: number } {
  let next = start;
  while (unit[next] === 255) next += 1;
  return { value: (next - start) * 255 + (unit[next] ?? 0), next: next + 1 };
}
