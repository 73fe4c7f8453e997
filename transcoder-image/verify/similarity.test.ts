import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { generate } from "../testing/generate.ts";
import { makeScratch, type Scratch } from "../testing/scratch.ts";
import { lowest, measureSimilarity, parseSimilarity } from "./similarity.ts";

vi.setConfig({ testTimeout: 60_000 });

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

test("ffmpeg's line is read", () => {
  const line =
    "[Parsed_ssim_7 @ 0x55] [info] SSIM Y:0.9869 (18.83) U:0.9845 (18.09) V:1.0000 (inf) All:0.9865";
  expect(parseSimilarity(["frame", line, "[info] video:0kB"])).toEqual({
    y: 0.9869,
    u: 0.9845,
    v: 1,
  });
  expect(parseSimilarity(["nothing of it"])).toBeUndefined();
});

test("the lowest of each component counts", () => {
  const [first, second] = [
    { y: 0.9, u: 0.8, v: 1 },
    { y: 0.8, u: 0.9, v: 1 },
  ];
  expect(lowest([first, second])).toEqual({ y: 0.8, u: 0.8, v: 1 });
});

test("the same picture is alike, another one is not", async () => {
  const path = await generate(scratch.file("one.mp4"), { seconds: 2 });
  const turnedOver = { seconds: 2, filters: "vflip,hflip" };
  const other = await generate(scratch.file("other.mp4"), turnedOver);
  const alike = await similarity(path, path);
  expect(alike).toEqual({ y: 1, u: 1, v: 1 });
  expect((await similarity(path, other))?.y).toBeLessThan(0.6);
});

function similarity(source: string, output: string) {
  const file = {
    index: 0,
    startSeconds: 0,
    timestamps: Array.from({ length: 50 }, (_, i) => i / 25),
  };
  return measureSimilarity({
    source: { ...file, path: source },
    output: { ...file, path: output },
    comparison: { filters: [], pixelFormat: "yuv420p" },
    part: "whole",
    cpus: 1,
    stallSeconds: 60,
    signal: new AbortController().signal,
  });
}
