import { expect, test } from "vitest";
import { spanOf } from "./span-of.ts";

const times = { timestamps: [7, 7.04, 7.08, 8], startSeconds: 7 };

test.for([
  [0, ["-t", "0.020000"]],
  [1, ["-ss", "0.020000", "-t", "0.040000"]],
  [2, ["-ss", "0.060000", "-t", "0.480000"]],
  [3, ["-ss", "0.540000"]],
] as const)("frame %i is read from and to the middles of its gaps", ([frame, options]) => {
  expect(spanOf(frame, times)).toEqual(options);
});
