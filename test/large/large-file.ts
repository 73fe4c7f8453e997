import { open, stat, truncate } from "node:fs/promises";

/**
 * Pads a video to a size with an empty `free` box at its end (ISO/IEC 14496-12, 8.1.2). On the disk it
 * is a hole.
 */
export async function padToSize(path: string, sizeBytes: number): Promise<void> {
  const { size } = await stat(path);
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1); // the size follows in 64 bits
  header.write("free", 4);
  header.writeBigUInt64BE(BigInt(sizeBytes - size), 8);
  const file = await open(path, "a");
  await file.appendFile(header);
  await file.close();
  await truncate(path, sizeBytes);
}
