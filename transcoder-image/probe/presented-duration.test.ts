import { expect, test } from "vitest";
import { spanOf, type SampleRun } from "./media-span.ts";
import { lastFrameIncluded, presentedSeconds } from "./presented-duration.ts";

/** 25 frames of a 25th of a second, the first shown two frames after it is decoded, as B-frames need it. */
const reordered = { firstShown: 1024, lastShown: 13_312, lastDuration: 512, total: 12_800 };
const long = { firstShown: 0, lastShown: 6_830, lastDuration: 1_900, total: 8_730 };

function seconds(edits: [duration: number, mediaTime: number | null][], media = reordered) {
  const list = edits.map(([duration, mediaTime]) => ({ duration, mediaTime }));
  return presentedSeconds({ movieTimescale: 1000, timescale: 12_800, edits: list, media });
}

test.each([
  ["no edits", [], 1],
  ["an edit of all of it", [[1000, 1024]], 1],
  [
    "a gap before it",
    [
      [226, null],
      [1000, 1024],
    ],
    1,
  ],
  [
    "a gap after it",
    [
      [1000, 1024],
      [500, null],
    ],
    1,
  ],
  [
    "a gap within it",
    [
      [300, 1024],
      [500, null],
      [200, 8192],
    ],
    1,
  ],
  ["an edit that cuts its start off", [[480, 7680]], 0.48],
  ["an edit that cuts its end off", [[730, 1024]], 0.73],
  ["an edit that ends after it", [[2880, 1024]], 2.88],
  ["an edit that was rounded up", [[1001, 1024]], 1],
  ["an edit to its end", [[0, 1024]], 1],
  ["an edit to its end that cuts its start off", [[0, 7680]], 0.48],
  [
    "two edits",
    [
      [400, 1024],
      [600, 6144],
    ],
    1,
  ],
  ["nothing but a gap", [[500, null]], 1],
] as [string, [number, number | null][], number][])(
  "a video with %s is presented for so long",
  (_what, edits, wanted) => {
    expect(seconds(edits)).toBeCloseTo(wanted, 9);
  },
);

test("a last frame that stands counts for as long as it does", () => {
  const length = { movieTimescale: 600, timescale: 1000, edits: [], media: long };
  expect(presentedSeconds(length)).toBeCloseTo(8.73, 9);
});

test("durations that end before the frame that is shown last are not believed", () => {
  const media = { firstShown: 1024, lastShown: 37_376, lastDuration: 512, total: 13_312 };
  expect(seconds([], media)).toBeCloseTo(2.88, 9);
});

test.each([
  ["longer than its last frame needs", 2, [0.5, 1.4], 2],
  ["that ends where its last frame starts", 0.9, [0.5, 1.4], 0.9005],
  ["of one frame without a duration", 0, [0], 0.0005],
  ["of a frame without a time", 0.9, [0.5, Number.NaN], 0.9],
])("a video %s shows its last frame", (_what, said, timestamps, wanted) => {
  expect(lastFrameIncluded(said, timestamps)).toBeCloseTo(wanted, 9);
});

test("the span of reordered samples starts and ends with what is shown first and last", () => {
  const sample = (decodeTime: number, offset: number): SampleRun => ({
    ...{ decodeTime, count: 1, duration: 10, offset },
  });
  // I P B B: shown as I B B P.
  const runs = [sample(0, 10), sample(10, 30), sample(20, 0), { ...sample(30, 0), duration: 90 }];
  expect(spanOf(runs)).toEqual({ firstShown: 10, lastShown: 40, lastDuration: 10, total: 120 });
});

test("nothing has no span", () => {
  expect(spanOf([{ decodeTime: 0, count: 0, duration: 1, offset: 0 }])).toBeNull();
});
