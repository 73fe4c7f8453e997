import { expect, test } from "vitest";
import { chooseWindows } from "./windows.ts";

const at25 = (count: number, first = 0) => ({
  timestamps: Array.from({ length: count }, (_, i) => first + i / 25),
  startSeconds: first,
});

test("a long video is compared at its start, in its middle and at its end", () => {
  const windows = chooseWindows(at25(1000), at25(1000), "whole");
  expect(windows.map(({ start, frames }) => [start, frames])).toEqual([
    [0, 25],
    [487, 25],
    [975, 25],
  ]);
});

test("a short video is compared as a whole", () => {
  const windows = chooseWindows(at25(60), at25(60), "whole");
  expect(windows.map(({ start, frames }) => [start, frames])).toEqual([
    [0, 25],
    [25, 25],
    [50, 10],
  ]);
});

test("of a chunk only the start is compared", () => {
  const windows = chooseWindows(at25(1000), at25(1000), "start");
  expect(windows.map(({ start, frames }) => [start, frames])).toEqual([[0, 25]]);
});

test("a single frame is a window", () => {
  expect(chooseWindows(at25(1), at25(1), "whole")).toEqual([
    { start: 0, frames: 1, sourceSeek: null, outputSeek: null },
  ]);
});

test("seeking hits between two frames, whatever the time of the first", () => {
  const [, second] = chooseWindows(at25(60, 7), at25(60), "whole");
  expect(second?.sourceSeek).toBeCloseTo(0.98);
  expect(second?.outputSeek).toBeCloseTo(0.98);
});
