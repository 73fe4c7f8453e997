import { expect, test } from "vitest";
import { secondsIn } from "./retry-after.ts";

const now = Date.UTC(1994, 10, 6, 8, 49, 0);

test.for([
  ["0", 0],
  ["120", 120],
  ["9".repeat(400), Infinity],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 37],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 37],
  ["Sun Nov  6 08:49:37 1994", 37],
  ["Sun, 06 Nov 1994 08:48:37 GMT", 0],
  ["", null],
  ["-5", null],
  ["1.5", null],
  ["2s", null],
  ["soon", null],
  ["Sunday", null],
  ["1994-11-06T08:49:37Z", null],
] as const)("Retry-After: %s asks for %d s", ([header, seconds]) => {
  expect(secondsIn(header, now)).toBe(seconds);
});
