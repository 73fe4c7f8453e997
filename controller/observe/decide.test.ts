import { expect, test } from "vitest";
import type { JobStatus } from "@transpod/contract/ports.ts";
import type { AttemptRow } from "@transpod/store/attempts.ts";
import { attemptRow, defaultSettings, jobStatus } from "../testing.ts";
import { decide } from "./decide.ts";

interface Case {
  when: string;
  row?: Partial<AttemptRow>;
  job?: Partial<JobStatus> | null;
  expected: string;
}

const ended = (
  exitCode: number | null,
  overrides: Partial<JobStatus> = {},
): Partial<JobStatus> => ({
  phase: exitCode === 0 ? "succeeded" : "failed",
  exitCode,
  ...overrides,
});

const cases: Case[] = [
  { when: "a pending file has no Job yet", row: { state: "pending" }, job: null, expected: "none" },
  {
    when: "the slot is reserved but the Job was never created",
    row: { launched: false, claimed: false },
    job: null,
    expected: "create",
  },
  {
    when: "the Job was created but nobody lived to write that down",
    row: { launched: false, claimed: false },
    expected: "create",
  },
  {
    when: "a worker claimed although the launch was not written down",
    row: { launched: false },
    job: null,
    expected: "retry job_lost",
  },
  { when: "the Job vanished", job: null, expected: "retry job_lost" },
  {
    when: "Jobs vanished too often",
    row: { uncounted_failures: 20 },
    job: null,
    expected: "fail job_lost",
  },
  { when: "the worker works", expected: "none" },
  { when: "the worker has gone silent", row: { silent_seconds: 61 }, expected: "retry stalled" },
  {
    when: "the worker has gone silent with its node",
    row: { silent_seconds: 61 },
    job: { disrupted: true },
    expected: "retry interrupted",
  },
  {
    when: "the deadline has passed",
    row: { launched_seconds: 6 * 3600 + 1 },
    expected: "retry deadline_exceeded",
  },
  {
    when: "the Job waits for its worker",
    row: { claimed: false },
    job: { phase: "waiting", why: "no node fits" },
    expected: "wait no node fits",
  },
  {
    when: "the worker starts on a node that took long to come",
    row: { claimed: false, silent_seconds: 90, launched_seconds: 90 },
    expected: "none",
  },
  {
    when: "a claimed worker was taken away and its replacement waits",
    row: { launched_seconds: 1_200 },
    job: { phase: "waiting", why: "no node fits" },
    expected: "wait no node fits",
  },
  {
    when: "the replacement never starts",
    row: { silent_seconds: 601, counted_failures: 2 },
    job: { phase: "waiting" },
    expected: "retry job_lost",
  },
  {
    when: "the worker never starts",
    row: { claimed: false, launched_seconds: 601 },
    job: { phase: "waiting" },
    expected: "fail never_started",
  },
  {
    when: "the worker ended well but without a result",
    job: ended(0),
    expected: "retry no_result",
  },
  {
    when: "the worker was fenced but nobody took over",
    job: ended(20),
    expected: "retry no_result",
  },
  {
    when: "the result of a whole encode is not right",
    job: ended(18),
    expected: "fail verification_failed",
  },
  {
    when: "the result of joined chunks is not right",
    row: { cut: true },
    job: ended(18),
    expected: "retry verification_failed",
  },
  { when: "the file is at fault", job: ended(13), expected: "fail unsupported_codec" },
  { when: "the worker failed", job: ended(1), expected: "retry internal_error" },
  {
    when: "the worker failed once too often",
    row: { counted_failures: 2 },
    job: ended(1),
    expected: "fail internal_error",
  },
  { when: "the worker ran out of memory", job: ended(137), expected: "retry out_of_memory x2" },
  {
    when: "no more memory can be given",
    row: { memory_scale: 4 },
    job: ended(137),
    expected: "fail out_of_memory",
  },
  { when: "the worker was told to stop", job: ended(143), expected: "retry interrupted" },
  {
    when: "the platform took the worker away",
    row: { counted_failures: 2 },
    job: ended(137, { disrupted: true }),
    expected: "retry interrupted",
  },
  {
    when: "the platform ended the Job without an exit code",
    job: ended(null),
    expected: "retry no_result",
  },
  {
    when: "a completed file's worker is just ending",
    row: { state: "completed", ended_seconds: 1 },
    expected: "none",
  },
  {
    when: "a completed file's worker does not end",
    row: { state: "completed", ended_seconds: 61 },
    expected: "remove",
  },
  {
    when: "a cancelled file's worker still runs",
    row: { state: "cancelled", ended_seconds: 0 },
    expected: "remove",
  },
  {
    when: "a cancelled file's worker was fenced before its Job was removed",
    row: { state: "cancelled", ended_seconds: 0 },
    job: ended(20),
    expected: "remove",
  },
  {
    when: "a cancelled file's Job is gone",
    row: { state: "cancelled", ended_seconds: 0 },
    job: null,
    expected: "none",
  },
  {
    when: "a completed file's Job has ended",
    row: { state: "completed", ended_seconds: 100 },
    job: ended(0),
    expected: "none",
  },
  {
    when: "a failed file's Job is gone",
    row: { state: "failed", ended_seconds: 100 },
    job: null,
    expected: "none",
  },
];

test.each(cases)("when $when: $expected", ({ row, job, expected }) => {
  const action = decide(
    attemptRow(row),
    job === null ? undefined : jobStatus(job),
    defaultSettings,
  );
  expect(describe(action)).toBe(expected);
});

function describe(action: ReturnType<typeof decide>): string {
  switch (action.kind) {
    case "wait":
      return `wait ${action.why}`;
    case "fail":
      return `fail ${action.failure.code}`;
    case "retry": {
      const { memoryScale } = action.retry;
      return `retry ${action.failure.code}${memoryScale === 1 ? "" : ` x${memoryScale}`}`;
    }
    default:
      return action.kind;
  }
}

test("the delay before a retry doubles up to its limit", () => {
  const delays = [0, 1, 2, 3, 4, 5, 6].map((counted_failures) => {
    const settings = { ...defaultSettings, maxAttempts: 100 };
    const action = decide(attemptRow({ counted_failures }), jobStatus(ended(1)), settings);
    return action.kind === "retry" ? action.retry.delaySeconds : undefined;
  });
  expect(delays).toEqual([10, 20, 40, 80, 160, 300, 300]);
});

test("the last lines of a worker that could not report are kept with the failure", () => {
  const job = jobStatus({ ...ended(137), workerLog: "phase=encode" });
  expect(decide(attemptRow(), job, defaultSettings)).toMatchObject({
    failure: { code: "out_of_memory", worker_log: "phase=encode" },
  });
});
