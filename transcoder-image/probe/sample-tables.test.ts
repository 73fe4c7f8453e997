import { expect, test } from "vitest";
import { runsOf } from "./fragment-runs.ts";
import { indexedRuns } from "./sample-tables.ts";

/** The contents of a box: version and flags, then numbers of 32 bits. */
function box(flags: number, ...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  [flags, ...numbers].forEach((number, i) => bytes.writeUInt32BE(number >>> 0, 4 * i));
  return bytes;
}

function runs(durations: Buffer, offsets: Buffer | null) {
  return [...indexedRuns(durations, offsets)].map((run) => Object.values(run));
}

test("durations and offsets are put together, however they are grouped", () => {
  const [durations, offsets] = [box(0, 2, 3, 10, 1, 90), box(0, 3, 1, 10, 2, 30, 1, 0)];
  expect(runs(durations, offsets)).toEqual([
    [0, 1, 10, 10],
    [10, 2, 10, 30],
    [30, 1, 90, 0],
  ]);
});

test("samples without an offset are shown when they are decoded", () => {
  expect(runs(box(0, 1, 4, 10), null)).toEqual([[0, 4, 10, 0]]);
  expect(runs(box(0, 1, 2, 10), box(0, 1, 1, 5))).toEqual([
    [0, 1, 10, 5],
    [10, 1, 10, 0],
  ]);
});

test("offsets may be negative, and so may a duration that mends the clock", () => {
  expect(runs(box(0, 2, 1, 10, 1, -4), box(0, 1, 2, -10))).toEqual([
    [0, 1, 10, -10],
    [10, 1, -4, -10],
  ]);
  expect(runs(box(0, 1, 1, 2 ** 32 - 500_000), null)).toEqual([[0, 1, 2 ** 32 - 500_000, 0]]);
});

test("a table that claims more entries than it has ends with them", () => {
  expect(runs(box(0, 1_000_000, 3, 10), box(0, 0))).toEqual([[0, 3, 10, 0]]);
});

test.each([
  ["all fields", box(0xf05, 2, 99, 7, 10, 500, 1, 20, 90, 400, 0, -10), [10, 20, 90, -10]],
  ["durations alone", box(0x100, 2, 10, 90), [10, 0, 90, 0]],
  ["sizes alone", box(0x200, 2, 500, 400), [40, 0, 40, 0]],
  ["fewer samples than it claims", box(0x100, 9, 10, 90), [10, 0, 90, 0]],
])("a fragment's table with %s is read", (_what, table, wanted) => {
  const samples = [...runsOf(table, 1000, 40)];
  expect(samples.flatMap(({ duration, offset }) => [duration, offset])).toEqual(wanted);
  expect(samples[1]?.decodeTime).toBe(1000 + (wanted[0] ?? 0));
});

test("a fragment's samples may all be as its header says", () => {
  expect([...runsOf(box(0x1, 3, 99), 1000, 40)]).toEqual([
    { decodeTime: 1000, count: 3, duration: 40, offset: 0 },
  ]);
});
