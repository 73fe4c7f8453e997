import { expect, test } from "vitest";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { Transaction } from "@transpod/contract/transactions-api.ts";
import { timelineOf } from "./timeline.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();

const file = { created_at: at(0), attempt: 2, queue_position: null } as FileStatus;
const attempt = {
  attempt: 1,
  outcome: null,
  failure: null,
  counted: null,
  worker: "pod-a",
  claims: 1,
  workers_started: 1,
  chunks: null,
  memory_scale: 1,
  waiting_for: null,
  phase_times: null,
  queued_at: at(1),
  reserved_at: at(5),
  launched_at: at(5),
  claimed_at: at(7),
  ended_at: null,
} as unknown as Transaction;

const sentences = (...attempts: Partial<Transaction>[]) =>
  timelineOf(
    file,
    attempts.map((changes) => ({ ...attempt, ...changes })),
  ).flatMap(({ entries }) => entries.map(({ text }) => text));

test("an attempt is told in the order of its times, with how long each wait took", () => {
  expect(sentences({})).toEqual([
    "The file was announced; Transpod waited for its upload.",
    "The upload was received, and the video joined the queue.",
    "A slot was free after 4.0 s.",
    "Its Job was created.",
    "A worker (pod-a) began 2.0 s later.",
    "It is running now.",
  ]);
});

test("a failure that was not the video's fault says so, and the next attempt follows", () => {
  const failure = { code: "stalled", detail: "The worker went silent." };
  const told = sentences(
    { outcome: "failed", failure, counted: false, ended_at: at(9) },
    { attempt: 2, memory_scale: 2, claims: 2, waiting_for: "a node with enough memory" },
  );
  expect(told).toContain("It failed: The worker went silent.");
  expect(told).toContain(
    "This was not the video's fault and does not count against the limit of attempts.",
  );
  expect(told).toContain("The video joined the queue again.");
  expect(told).toContain(
    "Workers began 2 times: an earlier one was lost, and the next one took over.",
  );
  expect(told.at(-1)).toBe("It waits: a node with enough memory");
});
