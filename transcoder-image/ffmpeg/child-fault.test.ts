import { expect, test } from "vitest";
import { childFault } from "./child-fault.ts";

const ended = { timedOut: false, isMaxBuffer: false };

test.each([
  ["silence", { timedOut: true, signal: "SIGKILL" }, "stalled"],
  ["too many words", { isMaxBuffer: true, exitCode: 0 }, "internal_error"],
  ["a kill that was not ours", { signal: "SIGKILL" }, "out_of_memory"],
  ["a crash", { signal: "SIGSEGV" }, "internal_error"],
  ["a missing program", {}, "internal_error"],
])("%s is a fault of the worker", (_what, end, code) => {
  expect(childFault("ffprobe", { ...ended, ...end })?.code).toBe(code);
});

test.each([0, 1])("exit code %i is an answer", (exitCode) => {
  expect(childFault("ffprobe", { ...ended, exitCode })).toBeNull();
});
