import { expect, test } from "vitest";
import type { Step } from "@transpod/runtime/tracing.ts";
import type { TraceRow } from "@transpod/store/traces.ts";
import { stepsOf } from "./steps.ts";

const at = (seconds: number) => new Date(seconds * 1000);

const completed: TraceRow = {
  ...{ file_id: "f", attempt: 1, traceparent: "t", worker: "pod-1" },
  ...{ created_at: at(0), event_at: at(10), queued_at: at(11), reserved_at: at(12) },
  ...{ launched_at: at(13), claimed_at: at(15), ended_at: at(60) },
  ...{ outcome: "completed", failure_code: null, failure_detail: null },
  phase_times: { download: 5_000, encode: 30_000, upload: 4_000 },
};

/** `name start-end`, in seconds, each step before those in it. */
function told(steps: readonly Step[]): string[] {
  return steps.flatMap(({ name, start, end, steps: inner = [] }) => [
    `${name} ${start.getTime() / 1000}-${end.getTime() / 1000}`,
    ...told(inner),
  ]);
}

const upload = ["upload 0-10", "intake 10-11"];
const phases = ["download 21-26", "encode 26-56", "upload 56-60"];
const attempt = ["attempt 11-60", "wait for a slot 11-12"];
const launched = ["create the Job 12-13", "start the worker 13-15", "work 15-60"];

test.each<[string, Partial<TraceRow>, string[]]>([
  ["a file that is completed has all", {}, [...upload, ...attempt, ...launched, ...phases]],
  ["a later attempt has no upload", { attempt: 2 }, [...attempt, ...launched, ...phases]],
  [
    "a clock of S3 that is late does not make a step end before its start",
    { event_at: at(100) },
    ["upload 0-11", "intake 11-11", ...attempt, ...launched, ...phases],
  ],
  [
    "an upload that was found without an event has no intake",
    { event_at: null },
    [...attempt, ...launched, ...phases],
  ],
  [
    "an attempt whose worker never came ends while it starts",
    { claimed_at: null, phase_times: null },
    [...upload, ...attempt, "create the Job 12-13", "start the worker 13-60"],
  ],
  [
    "an attempt without a Job ends while it is created",
    { launched_at: null, claimed_at: null, phase_times: null },
    [...upload, ...attempt, "create the Job 12-60"],
  ],
])("%s", (_, change, expected) => {
  expect(told(stepsOf({ ...completed, ...change }, []))).toEqual(expected);
});

test("a failure and the chunks of a video are told with their workers", () => {
  const failed = { failure_code: "stalled", failure_detail: "It stalled." } as const;
  const chunk = { chunk: 3, worker: "pod-2", claimed_at: at(20), ended_at: at(30) };
  const row: TraceRow = { ...completed, outcome: "failed", ...failed, phase_times: null };
  const whole = stepsOf(row, [{ ...chunk, failure_code: null }]).at(-1)!;
  expect(whole.error).toBe("It stalled.");
  expect(whole.attributes).toMatchObject({
    "transpod.worker": "pod-1",
    "transpod.failure_code": "stalled",
  });
  expect(whole.steps?.at(-1)?.steps).toEqual([
    {
      name: "chunk",
      start: at(20),
      end: at(30),
      attributes: { "transpod.chunk": 3, "transpod.worker": "pod-2" },
      error: undefined,
    },
  ]);
});
