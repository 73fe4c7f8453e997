import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rawChain, rawOutput, type RawPictures } from "../samples/raw-pictures.ts";
import { makeScratch, type Scratch } from "../testing/scratch.ts";
import { lowest, measureSimilarity, parseSimilarities } from "./similarity.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

test("ffmpeg's lines are read", () => {
  const line =
    "[Parsed_ssim_7 @ 0x55] [info] SSIM Y:0.9869 (18.83) U:0.9845 (18.09) V:1.0000 (inf) All:0.9865";
  expect(parseSimilarities(["frame", line, "[info] video:0kB", line])).toEqual([
    { y: 0.9869, u: 0.9845, v: 1 },
    { y: 0.9869, u: 0.9845, v: 1 },
  ]);
});

test("the lowest of each component counts", () => {
  const [first, second] = [
    { y: 0.9, u: 0.8, v: 1 },
    { y: 0.8, u: 0.9, v: 1 },
  ];
  expect(lowest([first, second])).toEqual({ y: 0.8, u: 0.8, v: 1 });
});

const pictures: RawPictures = { width: 160, height: 90, pixelFormat: "yuv420p" };

/** 12 frames of a test picture. */
async function draw(name: string, filters: string[] = []): Promise<string> {
  const path = scratch.file(name);
  const input = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25", "-frames:v", "12"];
  const chain = ["-vf", rawChain(pictures, filters)];
  await execa("ffmpeg", ["-v", "error", ...input, ...chain, ...rawOutput(path)]);
  return path;
}

function similarity(original: string, processed: string) {
  const windows = [0, 6].map((start) => ({ start, frames: 6 }));
  return measureSimilarity({
    samples: { ...pictures, windows, original, processed },
    stallSeconds: 60,
    signal: new AbortController().signal,
  });
}

test("the same pictures are alike, others are not", async () => {
  const original = await draw("one.yuv");
  expect(await similarity(original, await draw("same.yuv"))).toEqual({ y: 1, u: 1, v: 1 });
  const turnedOver = await draw("over.yuv", ["vflip", "hflip"]);
  expect((await similarity(original, turnedOver))?.y).toBeLessThan(0.6);
});

test("one window that differs is found", async () => {
  const original = await draw("whole.yuv");
  const changed = await draw("changed.yuv", ["negate=enable='gte(n,6)'"]);
  expect((await similarity(original, changed))?.y).toBeLessThan(0.6);
});
