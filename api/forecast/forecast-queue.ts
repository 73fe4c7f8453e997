import type { PastWorkRow, RunningWorkRow, WaitingWorkRow } from "@transpod/store/forecast.ts";
import { pacesFrom, type Pace } from "./paces.ts";
import { normal, randomFrom, type Random } from "./random.ts";
import { SlotTimes } from "./slot-times.ts";

export interface QueueNow {
  slots: number;
  past: readonly PastWorkRow[];
  running: readonly RunningWorkRow[];
  /** In the order of the queue. */
  waiting: readonly WaitingWorkRow[];
}

/** Seconds from now. */
export interface SecondsRange {
  earliest: number;
  latest: number;
}

export interface Turn {
  start: SecondsRange;
  end: SecondsRange;
}

/** By the place in the queue, from 0. */
export type TurnAt = (place: number) => Turn | undefined;

/** How often the queue is played through. Of a long one fewer: what differs between files evens out. */
const runsOf = (files: number) => (files > 2_000 ? 19 : 59);
/** The true time is like that of one more run: outside of a range in one of ten cases. */
const outside = 0.1;
/** Until the launch notices that a slot is free. */
const launchSeconds = 2;

/**
 * When each file that waits has its turn: plays the queue through with random times, as long as those of past files,
 * and takes the range that holds most of the runs. The same queue gives the same ranges. Undefined while too little is
 * known. Pure; each step plays the queue once, so that others may run between them.
 */
export function* forecastQueue({
  slots,
  past,
  running,
  waiting,
}: QueueNow): Generator<void, TurnAt> {
  const paceOf = pacesFrom(past);
  const paces = waiting.map(paceOf);
  // All or none are known: there is a pace of all files.
  if (slots < 1 || paces[0] === undefined) return () => undefined;
  const medians = waiting.map(({ bytes }, i) => paces[i]!.medianSeconds(bytes));
  const random = randomFrom(1);
  const runs = runsOf(waiting.length);
  const starts = new Float32Array(runs * waiting.length);
  const ends = new Float32Array(runs * waiting.length);
  for (let run = 0; run < runs; run += 1) {
    const errors = new Map<Pace, number>();
    const errorOf = (pace: Pace) => {
      const error = errors.get(pace) ?? Math.exp(pace.doubt * normal(random));
      errors.set(pace, error);
      return error;
    };
    const free = new SlotTimes(slots);
    for (const work of running) occupy(free, work, paceOf(work)!, errorOf, random);
    for (const [i, { delay }] of waiting.entries()) {
      const pace = paces[i]!;
      const seconds = medians[i]! * errorOf(pace) * oneOf(pace.spread, random);
      // A slot is not kept for a file that must wait longer: others get it first.
      const start = Math.max(free.next(), delay);
      if (start === free.next()) free.occupyUntil(start + seconds);
      starts[i * runs + run] = start;
      ends[i * runs + run] = start + seconds;
    }
    yield;
  }
  return (place) => {
    const rangeIn = (times: Float32Array) => rangeOf(times.slice(place * runs, (place + 1) * runs));
    return { start: rangeIn(starts), end: rangeIn(ends) };
  };
}

/** A running file keeps its first slot to its end. Its other workers leave after their chunks, when files wait. */
function occupy(
  free: SlotTimes,
  work: RunningWorkRow,
  pace: Pace,
  errorOf: (pace: Pace) => number,
  random: Random,
): void {
  const total = () => pace.medianSeconds(work.bytes) * errorOf(pace) * oneOf(pace.spread, random);
  const left = secondsLeft(work, total, random);
  // When the limit was lowered, more run than there are slots: those that end last hold them.
  const hold = (time: number) => free.occupyUntil(Math.max(free.next(), time));
  hold(left);
  for (let worker = 1; worker < work.workers; worker += 1) hold(left * random());
}

/** After the encode, an attempt verifies and uploads: about a tenth of its time. */
const restShare = 0.1;
const etaError = 0.2;

function secondsLeft(work: RunningWorkRow, total: () => number, random: Random): number {
  const { phase, eta_seconds, elapsed } = work;
  const error = Math.exp(etaError * normal(random));
  if (phase === "encode" && eta_seconds !== null) {
    return (eta_seconds + restShare * (elapsed + eta_seconds)) * error;
  }
  if (phase === "verify" || phase === "upload") return elapsed * restShare * random();
  // It takes longer than it has taken.
  for (let tries = 0; tries < 10; tries += 1) {
    const left = total() - elapsed;
    if (left > 0) return left;
  }
  return elapsed * random();
}

function oneOf(values: Float64Array, random: Random): number {
  return values[Math.floor(random() * values.length)]!;
}

function rangeOf(times: Float32Array): SecondsRange {
  times.sort();
  const dropped = Math.round(((times.length + 1) * outside) / 2) - 1;
  return {
    earliest: times[dropped]!,
    latest: times[times.length - 1 - dropped]! + launchSeconds,
  };
}
