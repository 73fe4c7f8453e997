import { expect, test } from "vitest";
import { formatBytes, formatSeconds, formatSpan } from "./quantities.ts";

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

test.each([
  [-3, -1, "within 10 s"],
  [0, 19, "within 20 s"],
  [12, 38, "in about 10 to 40 s"],
  [50, 119, "within 2 min"],
  [300, 700, "in about 5 to 12 min"],
  [4_000, 9_000, "in about 1 to 3 h"],
  [90_000, 200_000, "in about 1 to 3 days"],
])("from %d to %d seconds from now is %s", (earliest, latest, text) => {
  expect(formatSpan(earliest, latest)).toBe(text);
});
