import { expect, test } from "vitest";
import { inRanges } from "./in-ranges.ts";

test.each([
  [[4], "4"],
  [[1, 2], "1-2"],
  [[1, 3, 4, 5, 9], "1, 3-5, 9"],
])("%j is written as %s", (numbers, written) => {
  expect(inRanges(numbers)).toBe(written);
});

test("of very many only the first are named", () => {
  const odd = Array.from({ length: 5_000 }, (_, i) => 2 * i + 1);
  expect(inRanges(odd)).toMatch(/^1, 3, 5, .*39, and more$/);
});
