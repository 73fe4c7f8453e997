import { expect, test } from "vitest";
import { AttemptError, FencedError } from "./attempt-error.ts";
import { endingOf } from "./ending.ts";

test.each([
  ["a file at fault", new AttemptError("unsupported_codec", "AV1."), 13, "unsupported_codec"],
  ["a platform that stops us", new AttemptError("interrupted", "Told to."), 143, "interrupted"],
  ["a full disk", Object.assign(new Error("write"), { code: "ENOSPC" }), 1, "disk_full"],
  ["a fault of ours", new TypeError("x is undefined"), 1, "internal_error"],
  ["something that is not an error", "what?", 1, "internal_error"],
])("%s has its exit code and is reported", (_what, error, exit, code) => {
  expect(endingOf(error)).toMatchObject({ exit, report: { code } });
});

test("who is fenced says nothing", () => {
  expect(endingOf(new FencedError("over"))).toEqual({ exit: 20, report: null });
});

test("a sentence never exceeds what the protocol takes", () => {
  const { report } = endingOf(new AttemptError("transcode_failed", "x".repeat(3000)));
  expect(report?.detail).toHaveLength(2000);
});
