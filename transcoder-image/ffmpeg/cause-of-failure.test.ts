import { expect, test } from "vitest";
import { causeOfFailure } from "./cause-of-failure.ts";

test.each([
  [
    "a full disk",
    { exitCode: 1, lines: ["av_interleaved_write_frame(): No space left on device"] },
    "disk_full",
  ],
  ["a kill that was not ours", { signal: "SIGKILL" }, "out_of_memory"],
  [
    "memory that was refused",
    { exitCode: 1, lines: ["x265 [error]: malloc of size 8 failed"] },
    "out_of_memory",
  ],
  ["too many errors", { exitCode: 69 }, "damaged"],
  [
    "a track that decodes to nothing",
    {
      exitCode: 1,
      lines: [
        "[error] Cannot determine format of input stream 0:0 after EOF",
        "[fatal] Error marking filters as finished",
      ],
    },
    "damaged",
  ],
  ["anything else", { exitCode: 187, lines: ["Conversion failed!"] }, "transcode_failed"],
  ["a crash", { signal: "SIGSEGV" }, "transcode_failed"],
])("%s is recognized", (_what, end, code) => {
  const whole = { exitCode: undefined, signal: undefined, lines: [], ...end };
  expect(causeOfFailure(whole).code).toBe(code);
});

test("what an encoder refuses is said in its own words, and is final", () => {
  const lines = [
    "[libx265 @ 0x5615f4b3ac00] [error] Image size is too small (32x2).",
    "[error] Error initializing output stream 0:0 -- Error while opening encoder for output " +
      "stream #0:0 - maybe incorrect parameters such as bit_rate, rate, width or height",
  ];
  expect(causeOfFailure({ exitCode: 1, signal: undefined, lines })).toEqual({
    code: "unsupported_codec",
    sentence: "The file can't be converted: libx265: Image size is too small (32x2).",
  });
});

test("the last words hold neither addresses nor folders", () => {
  const lines = [
    "[h264 @ 0x5589766d51c0] [error] Invalid NAL unit size (1548142268 > 3839).",
    "[warning] /tmp/transpod-a1/source.mp4: corrupt decoded frame in stream 0",
    "[fatal] Filter 0x5589766d51c0 broke",
  ];
  expect(causeOfFailure({ exitCode: 187, signal: undefined, lines }).sentence).toBe(
    "ffmpeg ended with exit code 187. h264: Invalid NAL unit size (1548142268 > 3839). | " +
      "source.mp4: corrupt decoded frame in stream 0 | Filter broke",
  );
});
