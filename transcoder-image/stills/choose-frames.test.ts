import { expect, test } from "vitest";
import { chooseWindows } from "../samples/windows.ts";
import { chooseFrames } from "./choose-frames.ts";

test("a video shows the sampled frames nearest to the middles of its quarters", () => {
  const windows = chooseWindows(1000, 1920 * 1080);
  expect(chooseFrames(1000, windows)).toEqual({ frames: [142, 426, 573, 857], poster: 426 });
});

test("a frame is shown once", () => {
  const windows = [0, 99].map((start) => ({ start, frames: 1 }));
  expect(chooseFrames(100, windows)).toEqual({ frames: [0, 99], poster: 0 });
});

test("a frame that a damaged source lost is not chosen", () => {
  const windows = [0, 50, 99].map((start) => ({ start, frames: 1 }));
  expect(chooseFrames(60, windows).frames).toEqual([0, 50]);
});

test.for([
  [1, 0],
  [2, 1],
  [11, 5],
] as const)("of %i frames one is shown: %i", ([total, frame]) => {
  const windows = [{ start: 0, frames: total }];
  expect(chooseFrames(total, windows)).toEqual({ frames: [frame], poster: frame });
});
