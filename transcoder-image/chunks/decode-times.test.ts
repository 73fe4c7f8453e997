import { expect, test } from "vitest";
import { decodeTimes } from "./decode-times.ts";

test.each([
  ["no frame is reordered", [0, 2, 4, 6], { decodeTimes: [0, 2, 4, 6], delay: 0 }],
  ["one frame is decoded early", [0, 4, 2, 6], { decodeTimes: [0, 2, 4, 6], delay: 2 }],
  ["two frames are decoded early", [0, 8, 4, 2, 6], { decodeTimes: [0, 2, 4, 6, 8], delay: 4 }],
  ["the frame rate varies", [10, 30, 13, 31], { decodeTimes: [0, 3, 6, 23], delay: 3 }],
  ["there is one frame", [5], { decodeTimes: [0], delay: 0 }],
])("%s", (_, times, expected) => {
  const made = decodeTimes(times);
  expect(made).toEqual(expected);
  const late = times.filter((time, i) => time - times[0]! + made.delay < made.decodeTimes[i]!);
  expect(late, "frames that are presented before they are decoded").toEqual([]);
});
