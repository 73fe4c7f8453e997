import { readFile, writeFile } from "node:fs/promises";

/** Keeps only the first part of a file, like an upload that was cut off. */
export async function truncate(from: string, to: string, share: number): Promise<string> {
  const bytes = await readFile(from);
  await writeFile(to, bytes.subarray(0, Math.floor(bytes.length * share)));
  return to;
}

/** Overwrites some of the coded pictures, but not the index. */
export async function corrupt(from: string, to: string): Promise<string> {
  const bytes = await readFile(from);
  const pictures = bytes.indexOf("mdat");
  const start = pictures + Math.floor((bytes.length - pictures) / 2);
  bytes.fill(0, start, start + 400);
  await writeFile(to, bytes);
  return to;
}

/**
 * Overwrites the last part of the media with noise that is always the same, but not the index.
 */
export async function overwriteWithNoise(from: string, to: string, share = 1): Promise<string> {
  const bytes = await readFile(from);
  const { start: first, end } = mediaOf(bytes);
  const start = Math.floor(end - (end - first) * share);
  for (let i = start, noise = 1; i < end; i++) {
    // A linear congruential generator (Numerical Recipes).
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = noise >>> 24;
  }
  await writeFile(to, bytes);
  return to;
}

/** The position of the contents of the box `mdat`. */
function mediaOf(bytes: Buffer): { start: number; end: number } {
  const type = bytes.indexOf("mdat");
  return { start: type + 4, end: type - 4 + bytes.readUInt32BE(type - 4) };
}

/**
 * Rotates the first track by 90 degrees clockwise, as a phone does: with the matrix in its header
 * (ISO/IEC 14496-12, 8.3.2). Versions of ffmpeg have different options for this.
 */
export async function rotate(path: string): Promise<string> {
  const bytes = await readFile(path);
  const matrix = bytes.indexOf("tkhd") + 44;
  const one = 0x10000;
  [0, one, 0, -one, 0].forEach((value, i) => bytes.writeInt32BE(value, matrix + 4 * i));
  await writeFile(path, bytes);
  return path;
}
