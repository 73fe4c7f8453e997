import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "../probe/boxes.ts";
import type { Sample } from "./video-index.ts";

/** Where samples are in their file. Pure. */
export function placesOf(samples: readonly Sample[]): ByteRange[] {
  return samples.map(({ offset, size }) => ({ start: offset, end: offset + size }));
}

/** Samples that follow each other are read at once, up to about so many bytes. */
const readBytes = 4 * 1024 ** 2;

/** The bytes of samples, in this order. */
export async function* readSamples(
  file: FileHandle,
  samples: readonly Sample[],
): AsyncGenerator<Buffer> {
  for (const { start, end } of runsOf(placesOf(samples))) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    yield buffer.subarray(0, bytesRead);
  }
}

function* runsOf(places: readonly ByteRange[]): Generator<ByteRange> {
  let run: ByteRange | undefined;
  for (const { start, end } of places) {
    if (run?.end === start && end - run.start <= readBytes) run.end = end;
    else {
      if (run !== undefined) yield run;
      run = { start, end };
    }
  }
  if (run !== undefined) yield run;
}
