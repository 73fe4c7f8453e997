import { expect, test } from "vitest";
import { chooseFrames } from "./choose-frames.ts";

test("a video shows the middles of the compared windows, and a third of the way", () => {
  const windows = [0, 487, 975].map((start) => ({ start, frames: 25 }));
  expect(chooseFrames(1000, windows)).toEqual({ frames: [12, 333, 499, 987], poster: 333 });
});

test("a place is shown once", () => {
  const windows = [0, 12, 24].map((start) => ({ start, frames: 12 }));
  expect(chooseFrames(18, windows.slice(0, 1))).toEqual({ frames: [6], poster: 6 });
});

test.for([
  [1, 0],
  [2, 1],
  [11, 5],
] as const)("of %i frames one is shown: %i", ([total, frame]) => {
  const windows = [{ start: 0, frames: total }];
  expect(chooseFrames(total, windows)).toEqual({ frames: [frame], poster: frame });
});
