import { open } from "node:fs/promises";
import { AttemptError } from "../attempt/attempt-error.ts";
import { decodeTimes } from "./decode-times.ts";
import { readSamples } from "./read-samples.ts";
import { readVideoIndex, type VideoIndex } from "./video-index.ts";
import { writeMovie, type WrittenSample } from "./write-movie.ts";

export interface JoinRequest {
  /** The encoded chunks, in order. */
  chunks: readonly string[];
  output: string;
  /** Of all frames of the video, ascending, in units. */
  times: readonly number[];
  /** When the last frame ends. */
  end: number;
  /** Units per second. */
  timescale: number;
}

/**
 * Joins encoded chunks to one video track: their samples as they are, each with the time of the source's frame. Throws
 * AttemptError `internal_error` when the chunks don't fit together.
 */
export async function joinChunks(request: JoinRequest): Promise<void> {
  const { chunks, output, times, end, timescale } = request;
  const parts = await Promise.all(chunks.map(readPart));
  const { boxes } = parts[0]!.index;
  const parameters = parametersOf(boxes.stsd);
  if (parts.some(({ index }) => !parametersOf(index.boxes.stsd).equals(parameters))) {
    throw misfit("The chunks were encoded with different parameters.");
  }
  const timed = timesOfSamples(
    parts.map(({ index }) => index),
    times,
  );
  const decoded = decodeTimes(timed);
  const first = times[0] ?? 0;
  const samples: WrittenSample[] = parts
    .flatMap(({ index }) => index.samples)
    .map(({ size, isSync }, i) => ({
      ...{ size, isSync },
      decodeTime: decoded.decodeTimes[i]!,
      time: timed[i]! - first + decoded.delay,
    }));
  const shown = { start: decoded.delay, end: end - first + decoded.delay };
  await using to = await open(output, "w");
  await writeMovie(to, { timescale, boxes, samples, shown }, bytesOf(parts));
}

interface Part {
  path: string;
  index: VideoIndex;
}

async function readPart(path: string): Promise<Part> {
  const index = await readVideoIndex(path, 1);
  if (index === null) throw misfit("The index of an encoded chunk can't be read.");
  return { path, index };
}

/**
 * A sample entry without its bit rates (`btrt`), which differ from chunk to chunk and mean nothing to a decoder
 * (ISO/IEC 14496-12, 8.5.2.2 and 12.1.3).
 */
function parametersOf(stsd: Buffer): Buffer {
  const parts = [stsd.subarray(12, entryBytes)];
  for (let at = entryBytes; at + 8 <= stsd.length;) {
    const size = stsd.readUInt32BE(at);
    const type = stsd.toString("latin1", at + 4, at + 8);
    if (type !== "btrt") parts.push(stsd.subarray(at, at + size));
    at += Math.max(8, size);
  }
  return Buffer.concat(parts);
}

/** Where the boxes in the first sample entry of a video begin in the contents of stsd. */
const entryBytes = 8 + 8 + 78;

/** The source's times of all samples, in decoding order: a chunk's frames have the next times in order. */
function timesOfSamples(parts: readonly VideoIndex[], times: readonly number[]): number[] {
  let before = 0;
  const timed = parts.flatMap(({ samples }) => {
    const ascending = samples.map(({ time }) => time).toSorted((a, b) => a - b);
    const place = new Map(ascending.map((time, i) => [time, before + i]));
    before += samples.length;
    return samples.map(({ time }) => times[place.get(time)!] ?? Number.NaN);
  });
  if (timed.length !== times.length) {
    throw misfit(`The chunks have ${timed.length} frames; the source has ${times.length}.`);
  }
  return timed;
}

async function* bytesOf(parts: readonly Part[]): AsyncGenerator<Buffer> {
  for (const { path, index } of parts) {
    await using file = await open(path);
    yield* readSamples(file, index.samples);
  }
}

function misfit(sentence: string): AttemptError {
  return new AttemptError("internal_error", sentence);
}
