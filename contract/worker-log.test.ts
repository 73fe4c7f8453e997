import { expect, test } from "vitest";
import {
  lastLines,
  maxWorkerLogBytes,
  maxWorkerLogLines,
  readableLine,
  withoutSecrets,
  workerLog,
} from "./worker-log.ts";

test.each([
  [
    "GET https://s3.example/raw/a.mp4?X-Amz-Signature=abc&X-Amz-Expires=60 failed",
    "GET https://s3.example/raw/a.mp4?[removed] failed",
  ],
  ['{"url":"http://127.0.0.1:9000/b?x=1"}', '{"url":"http://127.0.0.1:9000/b?[removed]"}'],
  ["https://user:word@s3.example/raw", "https://[removed]@s3.example/raw"],
  ["part?X-Amz-Credential=AKIA%2F1&partNumber=2", "part?X-Amz-Credential=[removed]&partNumber=2"],
  ["authorization: Bearer abc.def-ghi", "authorization: Bearer [removed]"],
  ["the claim eyJhbGciOi.eyJzdWIi.c2ln was refused", "the claim [removed] was refused"],
  ["WORK_TOKEN=kR4_x-y and more", "WORK_TOKEN=[removed] and more"],
  ['{"password":"hush","a":1}', '{"password":"[removed]","a":1}'],
  [
    "[libx264 @ 0x55d0] [error] width not divisible by 2 (33x2)",
    "[libx264 @ 0x55d0] [error] width not divisible by 2 (33x2)",
  ],
  ["see https://ffmpeg.org/ffmpeg.html#Options", "see https://ffmpeg.org/ffmpeg.html#Options"],
])("%s", (line, clean) => {
  expect(withoutSecrets(line)).toBe(clean);
});

test("only the last lines are kept, and empty ones are left out", () => {
  const lines = Array.from({ length: 80 }, (_, n) => `line ${n}`);
  const kept = lastLines([...lines, "", "  "])!.split("\n");
  expect(kept).toHaveLength(maxWorkerLogLines);
  expect([kept[0], kept.at(-1)]).toEqual(["line 30", "line 79"]);
  expect(lastLines([])).toBeNull();
  expect(lastLines(["\u0007 \n"])).toBeNull();
});

const stress = [
  ["long lines", Array.from({ length: 60 }, () => "x".repeat(20_000))],
  ["wide characters", Array.from({ length: 60 }, () => "\u{1f3ac}".repeat(600))],
  ["halves of characters", ["a\ud83c", `${"b".repeat(998)}\u{1f3ac}${"c".repeat(10)}`]],
  ["control characters", ["a\0b\u001b[31mc\r\nd\u0085e"]],
  ["a secret at the limit", [`${"z".repeat(980)} Bearer ${"s".repeat(60)}`]],
] as const;

test.each(stress)("%s make a text that the protocol takes", (_what, lines) => {
  const text = lastLines(lines)!;
  expect(workerLog.safeParse(text)).toMatchObject({ success: true });
  expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(maxWorkerLogBytes);
  expect(text.isWellFormed()).toBe(true);
  expect(text).not.toContain("sss");
});

test.each([
  ["too many lines", "a\n".repeat(maxWorkerLogLines)],
  ["too many bytes", "\u{1f3ac}".repeat(maxWorkerLogBytes / 4 + 1)],
  ["a character that Postgres does not store", "a\0b"],
  ["nothing", ""],
])("%s is refused", (_what, text) => {
  expect(workerLog.safeParse(text).success).toBe(false);
});

const event = {
  level: "info",
  time: "2026-01-31T12:00:00.000Z",
  worker: "a",
  attempt: 1,
  lease: 1,
};
test.each([
  [
    JSON.stringify({ ...event, event: "cut", chunks: 3, of: { a: "b" } }),
    '2026-01-31T12:00:00.000Z cut chunks=3 of={"a":"b"}',
  ],
  ["FATAL ERROR: heap out of memory", "FATAL ERROR: heap out of memory"],
  ['"half of an event', '"half of an event'],
  ["null", "null"],
])("%s is read as %s", (line, readable) => {
  expect(readableLine(line)).toBe(readable);
});
