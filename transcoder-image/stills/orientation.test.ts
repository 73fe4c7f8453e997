import { expect, test } from "vitest";
import { uprightFilters } from "./orientation.ts";

test.for([
  [[1, 0, 0, 1], []],
  [[0, 1, -1, 0], ["transpose=clock"]],
  [
    [-1, 0, 0, -1],
    ["hflip", "vflip"],
  ],
  [[0, -1, 1, 0], ["transpose=cclock"]],
  [[-1, 0, 0, 1], ["hflip"]],
  [[0.7, 0.7, -0.7, 0.7], []],
] as const)("a picture with the matrix %j is turned by %j", ([[a, b, c, d], filters]) => {
  expect(uprightFilters({ displayMatrix: [a, b, c, d] })).toEqual(filters);
});
