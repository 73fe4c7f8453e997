import { expect, test } from "vitest";
import type { Entry } from "@transpod/contract/explain-api.ts";
import { chaptersOf } from "./timeline.ts";

const entry = (text: string, attempt: number | null) => ({ text, attempt }) as Entry;

test("a story is divided by attempts, and what belongs to none stays between them", () => {
  const entries = [
    entry("announced", null),
    entry("queued", 1),
    entry("priority changed", null),
    entry("failed", 1),
    entry("queued again", 2),
    entry("delivered", null),
  ];
  const told = chaptersOf(entries).map(({ attempt, entries: own }) => [
    attempt,
    ...own.map(({ text }) => text),
  ]);
  expect(told).toEqual([
    [0, "announced"],
    [1, "queued", "priority changed", "failed"],
    [2, "queued again", "delivered"],
  ]);
});
