import { expect, test } from "vitest";
import { Hearing } from "./hearing.ts";

function startHearing() {
  let now = 1_000_000;
  const hearing = new Hearing(() => now);
  const pass = (seconds: number, tick: boolean) => {
    for (let second = 0; second < seconds; second += 1) {
      now += 1_000;
      if (tick) hearing.tick();
    }
  };
  return { hearing, pass };
}

test("hearing grows while the database answers", () => {
  const { hearing, pass } = startHearing();
  pass(60, true);
  expect(hearing.seconds()).toBe(60);
  pass(3, false);
  expect(hearing.seconds()).toBe(63);
});

test("after an outage it begins anew", () => {
  const { hearing, pass } = startHearing();
  pass(60, true);
  pass(600, false);
  expect(hearing.seconds()).toBe(0);
  pass(2, true);
  expect(hearing.seconds()).toBe(1);
});
