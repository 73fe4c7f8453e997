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
