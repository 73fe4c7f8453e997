import { expect, test } from "vitest";
import { compareTo, summarize, type Round } from "./rounds.ts";
import { contenders } from "./servers.ts";
import type { Window } from "./windows.ts";

/** All figures of each server, in the order of `contenders`. */
function round(...figures: number[]): Round {
  const windowOf = (figure: number): Window => ({
    ...{ requestsPerSecond: figure, p50: figure, p99: figure },
    ...{ cpuMs: figure, postgresCpuMs: figure },
  });
  return Object.fromEntries(
    contenders.map((name, i) => [name, windowOf(figures[i] ?? 1)]),
  ) as Round;
}

test("ratios are taken round by round, and the median of them is told", () => {
  const rounds = [round(90, 1, 100), round(150, 1, 300), round(8, 1, 10)];
  expect(compareTo(rounds, "transpod", "express").ratios.requestsPerSecond).toBe(0.8);
  expect(summarize(rounds, "express").p99).toBe(100);
});
