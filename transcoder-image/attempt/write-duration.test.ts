import { stat } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readMedia } from "../probe/ffprobe.ts";
import { readPresentedSeconds } from "../probe/read-presented.ts";
import { generate } from "../testing/generate.ts";
import { makeScratch, type Scratch } from "../testing/scratch.ts";
import { writeVideoDuration } from "./write-duration.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

test("track and movie get the new length; sound, pictures and the file's size stay as they are", async () => {
  const options = ["-bf", "2", "-movie_timescale", "90000", "-timecode", "01:00:00:00"];
  const path = await generate(scratch.file("made.mov"), { options });
  const [bytes, content] = [(await stat(path)).size, await contentOf(path)];
  await writeVideoDuration(path, 0.973);
  const media = await readMedia(path, new AbortController().signal);
  expect(await readPresentedSeconds(path, 1)).toBeCloseTo(0.973, 4);
  expect(media?.video[0]?.durationSeconds).toBeCloseTo(0.973, 4);
  expect(media?.durationSeconds, "the sound's").toBeCloseTo(1, 1);
  expect([(await stat(path)).size, await contentOf(path)]).toEqual([bytes, content]);
});

test("the gap before a video that starts late is counted once, in the movie", async () => {
  const input = await generate(scratch.file("whole.mp4"), { audio: null });
  const path = scratch.file("late.mp4");
  const late = ["-itsoffset", "0.5", "-i", input, "-c", "copy", "-movie_timescale", "90000"];
  await execa("ffmpeg", ["-v", "error", "-y", ...late, path]);
  await writeVideoDuration(path, 0.98);
  const media = await readMedia(path, new AbortController().signal);
  expect(await readPresentedSeconds(path, 1)).toBeCloseTo(0.98, 4);
  expect(media?.durationSeconds).toBeCloseTo(1.48, 4);
});

test("a file without an index is left as it is", async () => {
  const path = scratch.file("no-index.mp4");
  await execa("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-f", "adts", path]);
  const before = await stat(path);
  await writeVideoDuration(path, 1);
  expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
});

/** A checksum of all packets, without their times. */
async function contentOf(path: string): Promise<string> {
  const all = ["-ignore_editlist", "1", "-i", path, "-map", "0:v", "-map", "0:a", "-c", "copy"];
  const { stdout } = await execa("ffmpeg", ["-v", "error", ...all, "-f", "streamhash", "-"]);
  return stdout;
}
