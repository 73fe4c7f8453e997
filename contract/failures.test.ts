import { expect, test } from "vitest";
import { failureCodes, failureOfExit, failures, fencedExit } from "./failures.ts";

test("every final failure of a worker has an exit code from 10 to 29 of its own, and not that of a fenced worker", () => {
  const final = failureCodes.filter((code) => failures[code].verdict === "final");
  const exits = final.map((code) => failures[code].exit).filter((exit) => exit !== null);
  expect(new Set([...exits, fencedExit]).size).toBe(exits.length + 1);
  for (const exit of exits) expect(exit >= 10 && exit <= 29).toBe(true);
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
