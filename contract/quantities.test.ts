import { expect, test } from "vitest";
import { formatBytes, formatSeconds } from "./quantities.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1500, "1.5 kB"],
  [123_456_789, "123 MB"],
])("%i bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [4.4, "4 s"],
  [65, "1 min 5 s"],
  [3_720, "1 h 2 min"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
