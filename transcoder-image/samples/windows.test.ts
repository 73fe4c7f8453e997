import { expect, test } from "vitest";
import { chooseWindows, framesOf } from "./windows.ts";

const fullHd = 1920 * 1080;

test("a long video is sampled in eight places, from its first frame to its last one", () => {
  const windows = chooseWindows(1000, fullHd);
  expect(windows.map(({ start }) => start)).toEqual([0, 142, 284, 426, 568, 710, 852, 994]);
  expect(windows.every(({ frames }) => frames === 6)).toBe(true);
});

test.for([
  ["2560x1440", 2560 * 1440, 8, 3],
  ["3840x2160", 3840 * 2160, 8, 1],
  ["7680x4320", 7680 * 4320, 3, 1],
] as const)("of pictures of %s it is %i pixels: %i windows of %i", ([, pixels, count, frames]) => {
  const windows = chooseWindows(1000, pixels);
  expect(windows).toHaveLength(count);
  expect(windows.every((window) => window.frames === frames)).toBe(true);
  expect(framesOf(windows).at(-1)).toBe(999);
});

test.for([1, 2, 7, 8, 9, 47, 48])("all of a video of %i frames is sampled", (total) => {
  const frames = framesOf(chooseWindows(total, fullHd));
  expect(frames).toEqual(Array.from({ length: total }, (_, i) => i));
});

test("no frame is sampled twice", () => {
  for (let total = 49; total < 500; total++) {
    const frames = framesOf(chooseWindows(total, fullHd));
    expect(new Set(frames).size).toBe(48);
  }
});
