import { readFile, writeFile } from "node:fs/promises";

/**
 * Sets the encryption scheme in the header of an encrypted file to `cbcs` (ISO/IEC 23001-7; 8.12.5,
 * `schm`).
 */
export async function setSchemeToCbcs(from: string, to: string): Promise<void> {
  const bytes = await readFile(from);
  for (let at = bytes.indexOf("schm"); at >= 0; at = bytes.indexOf("schm", at + 4)) {
    bytes.write("cbcs", at + 8, "latin1");
  }
  await writeFile(to, bytes);
}

/**
 * Sets the duration in the headers of a file (ISO/IEC 14496-12, `mvhd`, `tkhd`, `mdhd`); the table of
 * frames is not changed.
 */
export async function claimDuration(from: string, to: string, seconds: number): Promise<void> {
  const bytes = await readFile(from);
  const [movie, track, media] = ["mvhd", "tkhd", "mdhd"].map((type) => bytes.indexOf(type) + 4);
  if (movie === undefined || track === undefined || media === undefined) throw new TypeError();
  const movieScale = bytes.readUInt32BE(movie + 12);
  bytes.writeUInt32BE(seconds * movieScale, movie + 16);
  bytes.writeUInt32BE(seconds * movieScale, track + 20);
  bytes.writeUInt32BE(seconds * bytes.readUInt32BE(media + 12), media + 16);
  await writeFile(to, bytes);
}

/**
 * Makes the first track's edit list end the presentation after so many seconds, and its header say so
 * (ISO/IEC 14496-12, 8.6.6 and 8.3.2); samples stay as they are. For edit lists of one entry.
 */
export async function presentFor(from: string, to: string, seconds: number): Promise<void> {
  const bytes = await readFile(from);
  const [movie, track, edits] = ["mvhd", "tkhd", "elst"].map((type) => bytes.indexOf(type) + 4);
  if (movie === undefined || track === undefined || edits === undefined) throw new TypeError();
  const units = Math.round(seconds * bytes.readUInt32BE(movie + 12));
  bytes.writeUInt32BE(units, edits + 8);
  bytes.writeUInt32BE(units, track + 20);
  bytes.writeUInt32BE(Math.max(units, bytes.readUInt32BE(movie + 16)), movie + 16);
  await writeFile(to, bytes);
}

/** Makes the first track's last sample last for no time (ISO/IEC 14496-12, 8.6.1.2), in its own entry. */
export async function withoutLastDuration(from: string, to: string): Promise<void> {
  const bytes = await readFile(from);
  const table = bytes.indexOf("stts") + 4;
  const last = table + 8 * bytes.readUInt32BE(table + 4);
  if (bytes.readUInt32BE(last) !== 1) throw new TypeError();
  bytes.writeUInt32BE(0, last + 4);
  await writeFile(to, bytes);
}
