import { expect, test } from "vitest";
import { afterthoughts } from "./afterthoughts.ts";

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
      "The result is 1.9 times as large as the source.",
    ],
  ],
])("says %s", (_what, errorCount, after, sentences) => {
  expect(afterthoughts(errorCount, 100, after)).toEqual(sentences);
});
