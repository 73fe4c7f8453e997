import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test("the wait doubles up to half a minute, and half of it is chance", () => {
  expect([1, 2, 3, 6, 20].map((tries) => backoffMs(tries, 1))).toEqual([
    1_000, 2_000, 4_000, 30_000, 30_000,
  ]);
  expect(backoffMs(3, 0)).toBe(2_000);
});
