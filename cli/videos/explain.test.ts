import { expect, test } from "vitest";
import type { Entry, Explanation } from "@transpod/contract/explain-api.ts";
import { linesOf } from "./explain.ts";

const entry = (fields: Partial<Entry>): Entry => ({
  ...{ at: "2026-01-31T12:00:00.000Z", attempt: 1, kind: "queue", tone: "plain", failure: null },
  ...{ text: "It got a free slot.", ...fields },
});
const story: Explanation = {
  ...{ file_id: "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11", file_name: "holiday.mov" },
  ...{ entries: [entry({})], next: { text: "Nothing.", operator: null } },
};

test("a story is told line by line, with the worker's log below the failure", () => {
  const failure: Entry["failure"] = {
    ...{ code: "out_of_memory", cause: "memory", advice: "Give it more." },
    worker_log: "phase=encode\nffmpeg was killed",
  };
  const entries = [entry({ text: "It failed.", failure }), entry({ at: null, text: "It waits." })];
  expect(linesOf({ ...story, entries })).toEqual([
    "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11  holiday.mov",
    "2026-01-31T12:00:00.000Z  It failed.",
    "    | phase=encode",
    "    | ffmpeg was killed",
    "Now:  It waits.",
    "Next: Nothing.",
  ]);
});

test("what an operator can do is the last line", () => {
  const next = { text: "Nothing.", operator: "Give it more memory." };
  expect(linesOf({ ...story, next }).at(-1)).toBe("What an operator can do: Give it more memory.");
});
