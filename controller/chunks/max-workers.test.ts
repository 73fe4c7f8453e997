import { expect, test } from "vitest";
import type { FailureCode } from "@transpod/contract/failures.ts";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import { maxWorkersOf } from "./max-workers.ts";

const mebibytes = 1024 ** 2;

interface Case {
  when: string;
  chosen?: Partial<typeof defaultSettings>;
  bytes?: number;
  failures?: FailureCode[];
  limit?: number;
  slots?: number;
  expected: number;
}

const cases: Case[] = [
  { when: "nothing is chosen and the video is large", expected: 4 },
  { when: "nothing is chosen and the video is small", bytes: 16 * mebibytes - 1, expected: 1 },
  { when: "a number is chosen", chosen: { workers: 2 }, expected: 2 },
  { when: "a number is chosen for a small video", chosen: { workers: 2 }, bytes: 1, expected: 2 },
  { when: "more is chosen than is allowed", chosen: { workers: 9 }, expected: 4 },
  { when: "one worker is chosen", chosen: { workers: 1 }, expected: 1 },
  { when: "only one worker is allowed", chosen: { workers: 9 }, limit: 1, expected: 1 },
  { when: "only one slot is there", chosen: { workers: 9 }, slots: 1, expected: 1 },
  { when: "damaged videos are finished", chosen: { on_damage: "finish" }, expected: 1 },
  { when: "an attempt failed to encode it", failures: ["transcode_failed"], expected: 1 },
  { when: "an attempt broke", failures: ["job_lost", "internal_error"], expected: 1 },
  { when: "a result was not right", failures: ["verification_failed"], expected: 1 },
  { when: "a worker was lost", failures: ["job_lost", "stalled", "out_of_memory"], expected: 4 },
];

test.each(cases)(
  "when $when: $expected",
  ({ chosen, bytes = 100 * mebibytes, failures = [], limit = 4, slots = 10, expected }) => {
    const row = { source_size_bytes: bytes, failure_codes: failures };
    const settings = { ...defaultSettings, ...chosen };
    expect(maxWorkersOf(row, settings, { maxWorkersPerVideo: limit, maxRunningJobs: slots })).toBe(
      expected,
    );
  },
);
