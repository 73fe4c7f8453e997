import { expect, test } from "vitest";
import { parseVersion, readFfmpegFacts } from "./facts.ts";

test.each([
  ["ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026", { major: 5, minor: 1 }],
  ["ffmpeg version 7.1.5-0+deb13u1 Copyright", { major: 7, minor: 1 }],
  ["ffmpeg version n6.0 Copyright", { major: 6, minor: 0 }],
])("%s is new enough", (line, version) => {
  expect(parseVersion(line)).toEqual(version);
});

test.each([
  ["ffmpeg version 4.3.6-0+deb11u1 Copyright", "5.1 or newer; this is 4.3"],
  ["ffmpeg version 5.0.1 Copyright", "5.1 or newer; this is 5.0"],
  ["ffmpeg version N-109-gabc Copyright", "does not say its version"],
])("%s is refused", (line, sentence) => {
  expect(() => parseVersion(line)).toThrow(sentence);
});

test("this machine's ffmpeg will do", async () => {
  const facts = await readFfmpegFacts(new AbortController().signal);
  expect(facts.hasZscale).toBe(true);
});
