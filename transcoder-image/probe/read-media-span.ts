import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "./boxes.ts";
import { readFragmentRuns } from "./fragment-runs.ts";
import { SpanSum, type MediaSpan } from "./media-span.ts";
import { readBox } from "./read-box.ts";
import { indexedRuns } from "./sample-tables.ts";

/** Where a track has its sample tables. */
export const tables = ["mdia", "minf", "stbl"];

/** Reads a track's sample tables and those of its fragments (ISO/IEC 14496-12, 8.6.1 and 8.8). */
export async function readMediaSpan(
  file: FileHandle,
  { place, trackId }: { place: ByteRange; trackId: number },
): Promise<MediaSpan | null> {
  const spans = new SpanSum();
  const durations = await readBox(file, place, [...tables, "stts"]);
  if (durations === null) return null;
  const offsets = await readBox(file, place, [...tables, "ctts"]);
  for (const run of indexedRuns(durations, offsets)) spans.add(run);
  for await (const runs of readFragmentRuns(file, trackId, () => spans.end)) {
    for (const run of runs) spans.add(run);
  }
  return spans.span;
}
