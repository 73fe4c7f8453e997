import type { FileHandle } from "node:fs/promises";
import { findBoxes, type ByteRange } from "./boxes.ts";

/** Two tables of a day at 60 frames per second, each frame with an entry of its own, take 41 MB each. */
const mostBytes = 1 << 28;

/** The contents of the first box at this path; null when there is none, or it is larger than any real one. */
export async function readBox(
  file: FileHandle,
  within: ByteRange,
  path: readonly string[],
): Promise<Buffer | null> {
  for await (const { start, end } of findBoxes(file, within, path)) {
    const bytes = end - start;
    if (bytes < 8 || bytes > mostBytes) return null;
    const { buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, start);
    return buffer;
  }
  return null;
}
