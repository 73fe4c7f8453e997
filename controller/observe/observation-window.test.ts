import { expect, test } from "vitest";
import { ObservationWindow } from "./observation-window.ts";

function startWindow() {
  let now = 1_000_000;
  const observationWindow = new ObservationWindow(() => now);
  const pass = (seconds: number, tick: boolean) => {
    for (let second = 0; second < seconds; second += 1) {
      now += 1_000;
      if (tick) observationWindow.tick();
    }
  };
  return { observationWindow, pass };
}

test("observationWindow grows while the database answers", () => {
  const { observationWindow, pass } = startWindow();
  pass(60, true);
  expect(observationWindow.seconds()).toBe(60);
  pass(3, false);
  expect(observationWindow.seconds()).toBe(63);
});

test("after an outage it begins anew", () => {
  const { observationWindow, pass } = startWindow();
  pass(60, true);
  pass(600, false);
  expect(observationWindow.seconds()).toBe(0);
  pass(2, true);
  expect(observationWindow.seconds()).toBe(1);
});
