import { expect, test } from "vitest";
import { Speed } from "./speed.ts";

test("the speed is that of the last seconds", () => {
  const speed = new Speed();
  expect(speed.at(0, 0)).toBeNull();
  expect(speed.at(1_000, 2_000_000)).toBe(2_000_000);
  expect(speed.at(7_000, 2_000_000)).toBeNull();
  expect(speed.at(8_000, 3_000_000)).toBe(1_000_000);
});

test("a part that is sent again begins a new measurement", () => {
  const speed = new Speed();
  speed.at(0, 5_000_000);
  expect(speed.at(1_000, 1_000_000)).toBeNull();
  expect(speed.at(2_000, 2_000_000)).toBe(1_000_000);
});
