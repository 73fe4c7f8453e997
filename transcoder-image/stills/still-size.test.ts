import { expect, test } from "vitest";
import { displayedSize, fitInto } from "./still-size.ts";

const video = { width: 1440, height: 1080, sampleAspectRatio: null, rotation: 0 };

test.for([
  [{}, 1440, 1080],
  [{ sampleAspectRatio: "4:3" }, 1920, 1080],
  [{ sampleAspectRatio: "4:3", rotation: -90 }, 1080, 1920],
  [{ rotation: 180 }, 1440, 1080],
  [{ sampleAspectRatio: "0:0" }, 1440, 1080],
] as const)("%j is displayed as %i x %i", ([more, width, height]) => {
  expect(displayedSize({ ...video, ...more })).toEqual({ width, height });
});

test("a size is made smaller, never larger, and keeps its shape", () => {
  const bounds = { width: 1920, height: 8192 };
  expect(fitInto({ width: 3840, height: 2160 }, bounds)).toEqual({ width: 1920, height: 1080 });
  expect(fitInto({ width: 160, height: 90 }, bounds)).toEqual({ width: 160, height: 90 });
  expect(fitInto({ width: 10_000, height: 2 }, bounds)).toEqual({ width: 1920, height: 1 });
});
