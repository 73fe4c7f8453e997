import { expect, test } from "vitest";
import { failureCodes, failureOfExit, failures, fencedExit } from "./failures.ts";

test("every exit code from 10 to 19 names one final failure", () => {
  const final = failureCodes.filter((code) => failures[code].verdict === "final");
  const exits = final.map((code) => failures[code].exit).filter((exit) => exit !== null);
  expect(new Set(exits).size).toBe(exits.length);
  for (const exit of exits) expect(exit >= 10 && exit < fencedExit).toBe(true);
});

test.each([
  [10, "empty_file"],
  [18, "verification_failed"],
  [19, "damaged"],
  [137, "out_of_memory"],
  [143, "interrupted"],
  [1, "internal_error"],
  [99, "internal_error"],
] as const)("exit code %i says %s", (exit, code) => {
  expect(failureOfExit(exit)).toBe(code);
});
