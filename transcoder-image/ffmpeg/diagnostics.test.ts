import { expect, test } from "vitest";
import { causeOfFailure, Diagnostics } from "./diagnostics.ts";

test("errors are counted and the last lines kept", () => {
  const diagnostics = new Diagnostics();
  for (let i = 0; i < 30; i++) diagnostics.push(`[h264 @ 0x1] [error] bad block ${i}`);
  diagnostics.push("[mp4 @ 0x2] [warning] just saying");
  diagnostics.push("");
  expect(diagnostics.errorCount).toBe(30);
  expect(diagnostics.lines).toHaveLength(20);
  expect(diagnostics.tail).toContain("bad block 29 | [mp4 @ 0x2] [warning] just saying");
});

test.each([
  [
    "a full disk",
    1,
    undefined,
    ["av_interleaved_write_frame(): No space left on device"],
    "disk_full",
  ],
  ["a kill that was not ours", undefined, "SIGKILL", [], "out_of_memory"],
  [
    "memory that was refused",
    1,
    undefined,
    ["x265 [error]: malloc of size 8 failed"],
    "out_of_memory",
  ],
  ["anything else", 187, undefined, ["Conversion failed!"], "transcode_failed"],
  ["a crash", undefined, "SIGSEGV", [], "transcode_failed"],
])("%s is recognized", (_what, exit, signal, lines, code) => {
  expect(causeOfFailure(exit, signal, lines).code).toBe(code);
});
