import { expect, test } from "vitest";
import { shareSlots } from "./share-slots.ts";

const attempt = (live: number, useful: number, max_workers = 4) => ({ live, useful, max_workers });

test.each([
  { when: "no slot is free", free: 0, attempts: [attempt(1, 9)], expected: [0] },
  { when: "there is no attempt", free: 5, attempts: [], expected: [] },
  { when: "one attempt is alone", free: 9, attempts: [attempt(1, 9)], expected: [3] },
  { when: "slots are few", free: 2, attempts: [attempt(1, 9)], expected: [2] },
  { when: "chunks are few", free: 9, attempts: [attempt(1, 2)], expected: [1] },
  { when: "nothing is left to encode", free: 9, attempts: [attempt(1, 0)], expected: [0] },
  { when: "it has all that it may", free: 9, attempts: [attempt(4, 9)], expected: [0] },
  { when: "the limit was lowered", free: 9, attempts: [attempt(4, 9, 2)], expected: [0] },
  {
    when: "two attempts share",
    free: 3,
    attempts: [attempt(1, 9), attempt(1, 9)],
    expected: [2, 1],
  },
  {
    when: "one of two needs little",
    free: 4,
    attempts: [attempt(1, 2), attempt(1, 9)],
    expected: [1, 3],
  },
])("when $when: $expected", ({ free, attempts, expected }) => {
  expect(shareSlots(free, attempts)).toEqual(expected);
});
