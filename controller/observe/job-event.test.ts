import { expect, test } from "vitest";
import { attemptRow, defaultSettings } from "../testing.ts";
import { completionEvent, failureEvent } from "./job-event.ts";
import { nextStep } from "./next-step.ts";

const ref = { fileId: "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11", attempt: 1 };

test.each([
  [
    "a file at fault",
    { code: "not_a_video", detail: "This is not a video." },
    "FileFailed",
    "This is not a video. (not_a_video) There is no further attempt.",
  ],
  [
    "a stalled worker",
    { code: "stalled", detail: "The worker sent no report for 61 seconds." },
    "AttemptRetried",
    "The worker sent no report for 61 seconds. (stalled) Attempt 2 follows in 10 s.",
  ],
  [
    "too little memory",
    { code: "out_of_memory", detail: "The memory did not do." },
    "AttemptRetried",
    "The memory did not do. (out_of_memory) Attempt 2 follows at once with 2 times the memory.",
  ],
  [
    "an eviction",
    { code: "interrupted", detail: "The node was drained." },
    "AttemptRetried",
    "The node was drained. (interrupted) Attempt 2 follows at once. This failure is not counted.",
  ],
] as const)("the Job's record tells of %s, and what follows", (_, failure, reason, message) => {
  const step = nextStep(failure, attemptRow(), defaultSettings);
  expect(failureEvent(ref, step)).toEqual({ type: "Warning", reason, message });
});

test("the Job's record tells what a completed attempt made", () => {
  const original = { codec: "h264", size_bytes: 1000 };
  expect(completionEvent({ original, target_codec: "hevc", size_bytes: 500 })).toEqual({
    type: "Normal",
    reason: "FileCompleted",
    message: "Transcoded from h264 (1000 bytes) to hevc (500 bytes).",
  });
});
