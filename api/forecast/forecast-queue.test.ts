import { expect, test } from "vitest";
import type { PastWorkRow, RunningWorkRow, WaitingWorkRow } from "@transpod/store/forecast.ts";
import { forecastQueue, type QueueNow, type TurnAt } from "./forecast-queue.ts";
import { minPastWork } from "./paces.ts";
import { normal, randomFrom } from "./random.ts";

const mega = 1e6;

const waiting = (fields: Partial<WaitingWorkRow> = {}): WaitingWorkRow => ({
  ...{ file_id: "a", bytes: mega, pace: "balanced", original_codec: null, delay: 0 },
  ...fields,
});

const running = (fields: Partial<RunningWorkRow> = {}): RunningWorkRow => ({
  ...{ bytes: mega, pace: "balanced", original_codec: "h264", elapsed: 0, workers: 1 },
  ...{ phase: null, percent: null, eta_seconds: null },
  ...fields,
});

/** Of a machine that takes exactly as many seconds for each megabyte. */
const past = (secondsPerMega = 100, count = minPastWork, fields: Partial<PastWorkRow> = {}) =>
  Array.from({ length: count }, (_, i): PastWorkRow => {
    const megabytes = 1 + (i % 4);
    return {
      ...{ bytes: megabytes * mega, seconds: megabytes * secondsPerMega },
      ...{ pace: "balanced", original_codec: "h264" },
      ...fields,
    };
  });

function turnsIn(queue: QueueNow): TurnAt {
  const steps = forecastQueue(queue);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

const startOf = (queue: Partial<QueueNow>, place = 0) =>
  turnsIn({ slots: 1, past: past(), running: [], waiting: [waiting()], ...queue })(place)?.start;

const round = (seconds: number) => Math.round(seconds * 10) / 10;

const soon = { earliest: 0, latest: 2 };
const after = (seconds: number) => ({ earliest: seconds, latest: seconds + 2 });
const two = [waiting(), waiting()];

test.for([
  ["a file starts at once while a slot is free", {}, 0, soon],
  ["the next one starts when the first one ends", { waiting: two }, 1, after(100)],
  ["with two slots both start", { waiting: two, slots: 2 }, 1, soon],
  [
    "a larger file before it takes longer",
    { waiting: [waiting({ bytes: 5e6 }), two[1]!] },
    1,
    after(500),
  ],
  [
    "a running file has its slot until it ends",
    { running: [running({ elapsed: 30 })] },
    0,
    after(70),
  ],
  [
    "of three files in one slot, the last one to end has it",
    { running: [80, 20, 50].map((elapsed) => running({ elapsed })) },
    0,
    after(80),
  ],
  [
    "a file after a failure starts when its pause is over",
    { waiting: [waiting({ delay: 40 })] },
    0,
    after(40),
  ],
  [
    "nobody waits for a file that pauses",
    { waiting: [waiting({ delay: 40 }), waiting()] },
    1,
    soon,
  ],
  [
    "a codec has a pace of its own",
    {
      past: [...past(), ...past(10, 8, { original_codec: "hevc" })],
      waiting: [waiting({ original_codec: "hevc" }), two[1]!],
    },
    1,
    after(10),
  ],
  [
    "a preset has a pace of its own",
    {
      past: [...past(), ...past(900, 8, { pace: "slower" })],
      waiting: [waiting({ pace: "slower" }), two[1]!],
    },
    1,
    after(900),
  ],
  ["with fewer past files nothing is known", { past: past(100, minPastWork - 1) }, 0, undefined],
  ["without slots nothing is known", { slots: 0 }, 0, undefined],
  ["a queue that is empty has no place", { waiting: [] }, 0, undefined],
] satisfies [string, Partial<QueueNow>, number, unknown][])("%s", ([, queue, place, expected]) => {
  const start = startOf(queue, place);
  // Times are kept with the precision of a Float32Array.
  const rounded = start && { earliest: round(start.earliest), latest: round(start.latest) };
  expect(rounded).toEqual(expected);
});

test("the worker's own estimate counts while it encodes", () => {
  const { earliest, latest } = startOf({
    running: [running({ elapsed: 40, phase: "encode", percent: 10, eta_seconds: 360 })],
  })!;
  expect(earliest).toBeGreaterThan(200);
  expect(latest).toBeLessThan(800);
});

/**
 * A queue with its true times: sizes, and how long a byte takes, are lognormal and differ by settings and by codec,
 * which is not known of files that wait. Small files have a fixed cost too.
 */
function simulatedQueue(seed: number) {
  const random = randomFrom(seed);
  const among = (least: number, most: number) => Math.floor(least + random() * (most - least + 1));
  const slowness = { faster: 0.4, balanced: 1, slower: 4 };
  const machine = Math.exp(normal(random));
  const aFile = () => {
    const pace = (["faster", "balanced", "balanced", "slower"] as const)[among(0, 3)]!;
    const codec = random() < 0.7 ? ("h264" as const) : ("hevc" as const);
    const bytes = 50e6 * Math.exp(1.2 * normal(random));
    const rate = 1e-6 * machine * slowness[pace] * (codec === "hevc" ? 0.5 : 1);
    const seconds = 5 + bytes * rate * Math.exp(0.5 * normal(random));
    return { file_id: "", bytes, pace, original_codec: codec, seconds };
  };
  const slots = among(1, 12);
  const known = Array.from({ length: among(minPastWork, 300) }, aFile);
  const started = Array.from({ length: slots }, () => ({ ...aFile(), elapsed: 0 }));
  for (const file of started) file.elapsed = file.seconds * random();
  const queued = Array.from({ length: among(1, 120) }, () => ({ ...aFile(), delay: 0 }));
  const free = started.map(({ seconds, elapsed }) => seconds - elapsed);
  const truth = queued.map(({ seconds }) => {
    const start = Math.min(...free);
    free[free.indexOf(start)] = start + seconds;
    return { start, end: start + seconds };
  });
  const queue: QueueNow = {
    ...{ slots, past: known },
    running: started.map((file) => {
      const isEncoding = file.elapsed > 0.05 * file.seconds && file.elapsed < 0.9 * file.seconds;
      const left = 0.9 * file.seconds - file.elapsed;
      const eta = isEncoding ? left * Math.exp(0.1 * normal(random)) : null;
      const phase = isEncoding
        ? "encode"
        : file.elapsed > 0.5 * file.seconds
          ? "verify"
          : "download";
      return { ...file, workers: 1, phase, percent: null, eta_seconds: eta };
    }),
    waiting: queued.map((file) => ({ ...file, original_codec: null })),
  };
  return { queue, truth };
}

test("in simulated queues the true start and end lie in the ranges in 80 % of cases, and the ranges say something", () => {
  const inside = { start: 0, end: 0 };
  const widths: number[] = [];
  const queues = 200;
  for (let seed = 1; seed <= queues; seed += 1) {
    const { queue, truth } = simulatedQueue(seed);
    const turnAt = turnsIn(queue);
    // One file of each queue: those of one queue are right or wrong together.
    const place = (seed * 37) % truth.length;
    const { start, end } = turnAt(place)!;
    const { start: began, end: ended } = truth[place]!;
    if (began >= start.earliest && began <= start.latest) inside.start += 1;
    if (ended >= end.earliest && ended <= end.latest) inside.end += 1;
    widths.push((end.latest - end.earliest) / ended);
  }
  const medianWidth = widths.toSorted((a, b) => a - b)[queues / 2]!;
  expect(inside.start / queues).toBeGreaterThanOrEqual(0.8);
  expect(inside.end / queues).toBeGreaterThanOrEqual(0.8);
  // Of the time until the end.
  expect(medianWidth).toBeLessThan(1);
});
