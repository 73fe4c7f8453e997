import { expect, test } from "vitest";
import { stallTimeout } from "./stall-timeout.ts";

test.each([
  ["before the first frame", 0, 600],
  ["between the frames", 1, 60],
  ["after the last frame", 100, 600],
])("%s (%i) ffmpeg may stand still for %i seconds", (_when, frame, seconds) => {
  expect(stallTimeout(frame, 100, 60)).toBe(seconds);
});
