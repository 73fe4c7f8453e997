import { expect, test } from "vitest";
import type { ChunkRow } from "@transpod/store/chunks.ts";
import { nextTask, type CutState } from "./next-task.ts";

const encoded = (seconds = 20): Partial<ChunkRow> => ({ encoded: true, seconds });
const running = (...seconds: number[]): Partial<ChunkRow> => ({
  live: seconds.map((each, index) => ({ worker: `w${index}`, seconds: each })),
});
const failed = (failures: number): Partial<ChunkRow> => ({
  failures,
  failure_code: "transcode_failed",
});
const open: Partial<ChunkRow> = {};

interface Case {
  when: string;
  chunks: Partial<ChunkRow>[];
  state?: Partial<CutState>;
  expected: string;
}

const cases: Case[] = [
  { when: "nothing has begun", chunks: [open, open], expected: "chunk 0" },
  { when: "the first chunk runs", chunks: [running(5), open], expected: "chunk 1" },
  { when: "the first chunk is encoded", chunks: [encoded(), open], expected: "chunk 1" },
  {
    when: "a lease of an early chunk was lost",
    chunks: [encoded(), failed(2), running(5), open],
    expected: "chunk 1",
  },
  { when: "every chunk runs", chunks: [running(5), running(5)], expected: "wait" },
  {
    when: "one chunk runs, and there is nothing to compare with",
    chunks: [running(1000)],
    expected: "wait",
  },
  {
    when: "a chunk takes a little longer than the others",
    chunks: [encoded(20), encoded(20), running(39)],
    expected: "wait",
  },
  {
    when: "a chunk takes more than twice as long as the others",
    chunks: [encoded(20), encoded(20), running(41)],
    expected: "chunk 2",
  },
  {
    when: "a chunk takes more than twice as long as the others, but not 30 s",
    chunks: [encoded(2), running(29)],
    expected: "wait",
  },
  {
    when: "a longer chunk takes longer",
    chunks: [encoded(20), { ...running(79), frames: 200 }],
    expected: "wait",
  },
  {
    when: "one encoded chunk was slow, but not most of them",
    chunks: [encoded(20), encoded(20), encoded(500), running(41)],
    expected: "chunk 3",
  },
  {
    when: "a straggler has a second lease already",
    chunks: [encoded(20), running(100, 5)],
    expected: "wait",
  },
  {
    when: "there is a straggler, but also a chunk without a lease",
    chunks: [encoded(20), running(100), open],
    expected: "chunk 2",
  },
  { when: "everything is encoded", chunks: [encoded(), encoded()], expected: "join" },
  {
    when: "another worker joins",
    chunks: [encoded(), encoded()],
    state: { othersJoin: true },
    expected: "release",
  },
  {
    when: "other files wait, and another worker has a chunk",
    chunks: [running(5), open],
    state: { othersWait: true },
    expected: "release",
  },
  {
    when: "other files wait, but no other worker has a chunk",
    chunks: [encoded(), open],
    state: { othersWait: true },
    expected: "chunk 1",
  },
  {
    when: "other files wait, but everything is encoded",
    chunks: [encoded(), encoded()],
    state: { othersWait: true },
    expected: "join",
  },
  {
    when: "a chunk has failed too often",
    chunks: [encoded(), failed(3), open],
    expected: "giveUp 1 transcode_failed",
  },
  {
    when: "a chunk has failed too often, but another lease of it lives",
    chunks: [encoded(), { ...failed(3), ...running(5) }, open],
    expected: "chunk 2",
  },
  {
    when: "a chunk was encoded after all its failures",
    chunks: [{ ...failed(3), ...encoded() }, open],
    expected: "chunk 1",
  },
];

test.each(cases)("when $when: $expected", ({ chunks, state, expected }) => {
  const rows = chunks.map((overrides, chunk) => ({
    ...{ chunk, first_frame: 100 * chunk, frames: 100, encoded: false, seconds: null },
    ...{ live: [], failures: 0, failure_code: null },
    ...overrides,
  }));
  const defaults = { othersJoin: false, othersWait: false, maxFailures: 3 };
  const task = nextTask({ ...defaults, chunks: rows, ...state });
  expect(describe(task)).toBe(expected);
});

function describe(task: ReturnType<typeof nextTask>): string {
  if (task.kind === "chunk") return `chunk ${task.chunk.chunk}`;
  return task.kind === "giveUp" ? `giveUp ${task.chunk} ${task.code}` : task.kind;
}
