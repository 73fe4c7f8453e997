import { expect, test } from "vitest";
import { nextLookMs } from "./next-look.ts";

const tryIn = (seconds: number | null) => ({
  next_try_at: seconds === null ? null : new Date(seconds * 1000).toISOString(),
});

test.for([
  ["nothing when all have ended", [null], null],
  ["the soonest try", [null, 30, 20], 20_000],
  ["at least a second", [-5], 1_000],
  ["at most a minute", [3600], 60_000],
] as const)("%s", ([, tries, ms]) => {
  expect(nextLookMs(tries.map(tryIn), 0)).toBe(ms);
});
