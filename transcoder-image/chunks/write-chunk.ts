import { open } from "node:fs/promises";
import type { Chunk, SampleRange } from "./cut.ts";
import { readSamples } from "./read-samples.ts";
import type { VideoIndex } from "./video-index.ts";
import { writeMovie, type WrittenSample } from "./write-movie.ts";

/**
 * Writes a chunk's samples from a file into a movie of its own. An edit list hides the frames that only the decoder
 * needs, so that the movie presents the chunk's frames and no others.
 */
export async function writeChunk(
  { source, output }: { source: string; output: string },
  index: VideoIndex,
  { chunk, range }: { chunk: Chunk; range: SampleRange },
): Promise<void> {
  const samples = index.samples.slice(range.from, range.to);
  const { timescale, boxes } = index;
  const zero = samples[0]?.decodeTime ?? 0;
  // QuickTime allows times before the decoding time; an edit list can't begin before 0.
  const shift = Math.max(0, zero - chunk.start);
  const moved = (time: number) => time - zero + shift;
  const written: WrittenSample[] = samples.map(({ size, isSync, decodeTime, time }) => ({
    ...{ size, isSync },
    decodeTime: decodeTime - zero,
    time: moved(time),
  }));
  const shown = { start: moved(chunk.start), end: moved(chunk.end) };
  await using from = await open(source);
  await using to = await open(output, "w");
  await writeMovie(to, { timescale, boxes, samples: written, shown }, readSamples(from, samples));
}
