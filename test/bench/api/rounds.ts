import { median } from "../pairs.ts";
import type { Contender } from "./servers.ts";
import type { Window } from "./windows.ts";

/** One window of each server, one after another. */
export type Round = Record<Contender, Window>;

export type Summary = Record<keyof Window, number>;

/** What is divided by what, in one round. */
export interface Ratio {
  contender: Contender;
  peer: Contender;
  /** Medians of the ratios of all rounds. */
  ratios: Summary;
}

const measures = ["requestsPerSecond", "p50", "p99", "cpuMs", "postgresCpuMs"] as const;

export function summarize(rounds: readonly Round[], contender: Contender): Summary {
  return over((measure) => median(rounds.map((round) => round[contender][measure])));
}

/** Ratios are taken round by round, because a machine's speed drifts. */
export function compareTo(rounds: readonly Round[], contender: Contender, peer: Contender): Ratio {
  const ratios = over((measure) =>
    median(rounds.map((round) => round[contender][measure] / round[peer][measure])),
  );
  return { contender, peer, ratios };
}

function over(value: (measure: keyof Window) => number): Summary {
  return Object.fromEntries(measures.map((measure) => [measure, value(measure)])) as Summary;
}
