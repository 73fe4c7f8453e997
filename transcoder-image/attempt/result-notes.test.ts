import { expect, test } from "vitest";
import { resultNotes } from "./result-notes.ts";

test.each([
  ["nothing about an ordinary result", 0, 40, []],
  [
    "one error",
    1,
    40,
    ["ffmpeg reported 1 error while reading the source; it may be slightly damaged."],
  ],
  [
    "many errors and a large result",
    7,
    190,
    [
      "ffmpeg reported 7 errors while reading the source; it may be slightly damaged.",
      "The result is 90 % larger than the source.",
    ],
  ],
  ["nothing about the same size", 0, 100, []],
  ["a very small growth", 0, 100.4, ["The result is less than 1 % larger than the source."]],
  ["a small growth", 0, 103, ["The result is 3 % larger than the source."]],
  ["a large growth", 0, 250, ["The result is 2.5 times as large as the source."]],
])("says %s", (_what, errorCount, after, sentences) => {
  expect(resultNotes(errorCount, 100, after)).toEqual(sentences);
});
