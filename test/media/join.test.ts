import { mkdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { samplesOf, shownFrames } from "@transpod/transcoder-image/chunks/cut.ts";
import { readVideoIndex } from "@transpod/transcoder-image/chunks/video-index.ts";
import { writeChunk } from "@transpod/transcoder-image/chunks/write-chunk.ts";
import { probeSource } from "@transpod/transcoder-image/probe/probe-source.ts";
import { makeScratch, type Scratch } from "@transpod/transcoder-image/testing/scratch.ts";
import { allCases } from "./all-cases.ts";
import { readCaptions, readSubtitles } from "./caption-facts.ts";
import { convertCase, convertFiles, type Outcome } from "./convert-case.ts";
import { readFacts } from "./facts.ts";

vi.setConfig({ testTimeout: 60_000 });

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

/** What is not in a chunk: sound, its start, subtitles, captions, chapters, timecode, cover, tags; and a late picture. */
const files = [
  ...["nine.mov", "late-sound.mp4", "subtitles.mp4", "chapters.mp4", "timecode.mov", "cover.mp4"],
  ...["android.mp4", "captions.mov", "captions-inside.mp4", "trimmed.mp4"],
];

const { signal } = new AbortController();

/** The encoded chunk of a video that is not divided. */
async function encodeAsChunk(input: string, folder: string): Promise<string> {
  const source = await probeSource(input, signal);
  const index = await readVideoIndex(input, source.video.trackId);
  const shown = index === null ? null : shownFrames({ ...source, index });
  if (index === null || shown === null) throw new Error(`${input} can't be cut`);
  const { times, end } = shown;
  const chunk = { firstFrame: 0, frames: times.length, start: times[0]!, end };
  const own = join(folder, "chunk.mp4");
  const range = samplesOf(index.samples, chunk);
  await writeChunk({ source: input, output: own }, index, { chunk, range });
  const output = join(folder, "encoded.mp4");
  await convertFiles({ container: "mp4", input: own, output }, { whole: source });
  return output;
}

test.for(files)("%s: joined, it has everything that a single encode has", async (file) => {
  const each = allCases.find((one) => one.file === file)!;
  const whole = await convertCase(each, scratch.file(file), "http://127.0.0.1:1");
  const folder = scratch.file(`joined-${file}`);
  await mkdir(folder);
  const joined = join(folder, `output${extname(file)}`);
  const paths = [await encodeAsChunk(whole.input, folder)];
  const { frames } = whole.converted!.verified.verification;
  const container = file.endsWith(".mov") ? "mov" : "mp4";
  const encoded = { paths, frames, ssim: undefined };
  const converted = await convertFiles(
    { container, input: whole.input, output: joined, encoded },
    { settings: each.settings },
  );
  expect(await readFacts(joined)).toEqual(await readFacts(whole.output));
  expect(await textsOf(joined, whole)).toEqual(await textsOf(whole.output, whole));
  const other = (note: string) => !note.startsWith("The result is");
  expect(converted.notes.filter(other)).toEqual(whole.converted?.notes.filter(other));
});

async function textsOf(path: string, { converted }: Outcome): Promise<string[]> {
  const { subtitles, captions } = converted!.plan.expected;
  const lines = subtitles > 0 ? [await readSubtitles(path)] : [];
  return captions ? [...lines, ...(await readCaptions(path))] : lines;
}
