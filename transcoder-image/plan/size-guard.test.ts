import { expect, test } from "vitest";
import { projectedGrowth } from "./size-guard.ts";

test.each([
  ["nothing is said of the first tenth", { writtenBytes: 900, frame: 100 }, null],
  ["a third says how it will end", { writtenBytes: 500, frame: 333 }, 1.5],
  ["what may yet turn is waited for", { writtenBytes: 400, frame: 333 }, null],
  ["what is there is more than the source", { writtenBytes: 1100, frame: 10 }, 1.1],
  ["few frames say nothing", { writtenBytes: 500, frame: 33, totalFrames: 100 }, null],
])("%s", (_, soFar, growth) => {
  const judged = projectedGrowth({ sourceBytes: 1000, totalFrames: 1000, ...soFar });
  expect(judged && Math.round(judged * 10) / 10).toBe(growth);
});
