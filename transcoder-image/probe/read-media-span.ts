import type { FileHandle } from "node:fs/promises";
import { findBoxes, type ByteRange } from "./boxes.ts";
import { readFragmentRuns } from "./fragment-runs.ts";
import { SpanSum, type MediaSpan } from "./media-span.ts";
import { indexedRuns } from "./sample-tables.ts";

/** Reads a track's sample tables and those of its fragments (ISO/IEC 14496-12, 8.6.1 and 8.8). */
export async function readMediaSpan(
  file: FileHandle,
  { place, trackId }: { place: ByteRange; trackId: number },
): Promise<MediaSpan | null> {
  const spans = new SpanSum();
  const durations = await readTable(file, place, "stts");
  if (durations === null) return null;
  const offsets = await readTable(file, place, "ctts");
  for (const run of indexedRuns(durations, offsets)) spans.add(run);
  for await (const runs of readFragmentRuns(file, trackId, () => spans.end)) {
    for (const run of runs) spans.add(run);
  }
  return spans.span;
}

/** Two tables of a day at 60 frames per second, each frame with an entry of its own, take 41 MB each. */
const mostBytes = 1 << 28;

/** The contents of a sample table; null when there is none, or it is larger than any real one. */
async function readTable(file: FileHandle, track: ByteRange, type: string): Promise<Buffer | null> {
  const inside = ["mdia", "minf", "stbl", type];
  for await (const { start, end } of findBoxes(file, track, inside)) {
    const bytes = end - start;
    if (bytes < 8 || bytes > mostBytes) return null;
    const { buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, start);
    return buffer;
  }
  return null;
}
