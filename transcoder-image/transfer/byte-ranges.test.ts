import { expect, test } from "vitest";
import { merged, missingRanges } from "./byte-ranges.ts";

const range = (start: number, end: number) => ({ start, end });
const far = 1024 ** 2;

test("ranges that nearly touch become one request", () => {
  expect(merged([range(20, 30), range(0, 10), range(5, 12), range(far, far + 5)])).toEqual([
    range(0, 30),
    range(far, far + 5),
  ]);
  expect(merged([range(0, 10), range(11, 20), range(20, 30)], 0)).toEqual([
    range(0, 10),
    range(11, 30),
  ]);
});

test.each([
  ["nothing is there", [], [range(0, 10)]],
  ["all is there", [range(0, 20)], []],
  ["the start is there", [range(0, 4)], [range(4, 10)]],
  ["the middle is there", [range(3, 5)], [range(0, 3), range(5, 10)]],
  ["other parts are there", [range(10, 20)], [range(0, 10)]],
])("only what is missing is fetched: %s", (_, present, expected) => {
  expect(missingRanges(present, [range(0, 10)])).toEqual(expected);
});
