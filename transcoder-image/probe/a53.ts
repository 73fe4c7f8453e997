import { open } from "node:fs/promises";

/** Caption data, and its place in the file. */
export interface CaptionData {
  /** In bytes from the file's start. */
  offset: number;
  /** All `cc_data_pkt`, three bytes each (CTA-708, 4.3), in Base64; "" when there are none. */
  data: string;
}

/**
 * The start of captions in a user data message (ITU-T T.35), the same in H.264 and H.265: the United States,
 * ATSC, `GA94`, `cc_data` (ATSC A/53 Part 4, 6.2.3).
 */
export const a53Start = Buffer.from("b500314741393403", "hex");

/** The maximum of `cc_count`. */
export const maxPackets = 31;

export const packetBytes = 3;
const flagsBytes = 2;
const contentBytes = flagsBytes + maxPackets * packetBytes;
/** Every third byte may be an emulation prevention byte. */
const reach = a53Start.length + Math.ceil(contentBytes * 1.5);
const windowBytes = 4 * 1024 * 1024;

/**
 * Finds all captions inside the video. ffprobe's `closed_captions` is not reliable: it was 0 for files with captions in
 * every frame. Searching the bytes costs about as much as reading the file.
 */
export async function* findCaptionData(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<CaptionData, void, void> {
  await using file = await open(path);
  const buffer = Buffer.alloc(windowBytes + reach);
  for (let start = 0; ; start += windowBytes) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    const read = buffer.subarray(0, bytesRead);
    const end = Math.min(windowBytes, bytesRead);
    for (let at = read.indexOf(a53Start); at >= 0 && at < end;) {
      const next = at + a53Start.length;
      yield { offset: start + at, data: captionsIn(read.subarray(next, at + reach)) };
      at = read.indexOf(a53Start, next);
    }
    if (bytesRead <= windowBytes) return;
  }
}

/** Reads `cc_data` (ATSC A/53 Part 4, table 6.10). Pure. */
export function captionsIn(escaped: Uint8Array): string {
  const bytes = withoutEmulationPrevention(escaped);
  const [flags = 0] = bytes;
  const isProcessed = (flags & 0x40) !== 0;
  const end = flagsBytes + (flags & 0x1f) * packetBytes;
  if (!isProcessed || bytes.length < end) return "";
  return bytes.subarray(flagsBytes, end).toString("base64");
}

/** Removes the 3 after two zeros (ITU-T H.264, 7.4.1; H.265, 7.4.2.2). */
export function withoutEmulationPrevention(escaped: Uint8Array): Buffer {
  const bytes = [];
  let zeros = 0;
  for (const byte of escaped) {
    const isPrevention = zeros >= 2 && byte === 3;
    zeros = byte === 0 ? zeros + 1 : 0;
    if (!isPrevention) bytes.push(byte);
  }
  return Buffer.from(bytes);
}
