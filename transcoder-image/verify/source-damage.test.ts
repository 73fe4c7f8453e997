import { expect, test } from "vitest";
import { sourceDamage } from "./source-damage.ts";

const whole = { packets: 75, decodedFrames: 75 };
const short = { packets: 60, decodedFrames: 60 };
const damaged = "The file is damaged: it contains 75 frames, but only 60 can be decoded.";

test.each([
  ["an output with every frame blames nobody", { frames: 75, errorCount: 9 }, whole, null],
  ["errors and fewer frames are the source's", { frames: 60, errorCount: 9 }, short, damaged],
  ["frames that did not decode are the source's", { frames: 60, errorCount: 0 }, short, damaged],
  ["frames that got lost after that are ours", { frames: 75, errorCount: 0 }, short, null],
])("%s", (_sentence, encoded, output, blame) => {
  expect(sourceDamage(75, encoded, output)).toBe(blame);
});
