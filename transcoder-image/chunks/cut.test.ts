import { describe, expect, test } from "vitest";
import { chunksOf, cutAtSyncSamples, samplesOf, shownFrames, type CutSource } from "./cut.ts";
import type { Sample, VideoIndex } from "./video-index.ts";

/** Frames in decoding order, each with its time; `!` marks a sync sample. 10 units are a second. */
function source(
  frames: string,
  shown: VideoIndex["shown"] = { start: 0, end: Infinity },
): CutSource {
  const samples: Sample[] = frames.split(" ").map((frame, i) => ({
    ...{ offset: i * 100, size: 100, decodeTime: i },
    ...{ time: Number.parseInt(frame), isSync: frame.endsWith("!") },
  }));
  const empty = Buffer.alloc(0);
  const boxes = { tkhd: empty, mdhd: empty, hdlr: empty, vmhd: null, stsd: empty };
  const times = samples
    .map(({ time }) => time)
    .filter((time) => time >= shown.start && time < shown.end)
    .toSorted((a, b) => a - b);
  return {
    index: { timescale: 10, samples, shown, boxes },
    timestamps: times.map((time) => time / 10),
    presentedSeconds: (times.at(-1)! + 1 - times[0]!) / 10,
  };
}

const closed = "0! 2 1 3! 5 4 6! 8 7";
/** After each sync sample but the first, two frames are decoded that are presented before it. */
const open = "0! 1 4! 2 3 7! 5 6 8";

describe("where a video is cut", () => {
  test.each([
    ["at every sync sample", closed, 0.3, [3, 3, 3]],
    ["into chunks that are long enough", closed, 0.5, [6, 3]],
    ["so that the last chunk is at least half as long", "0! 1 2 3! 4 5 6! 7 8 9", 0.9, null],
    ["at sync samples after which earlier frames are decoded", open, 0.3, [4, 3, 2]],
    ["at every frame, when all are sync samples", "0! 1! 2! 3!", 0.2, [2, 2]],
    [
      "not at a sync sample that is presented before what was decoded",
      "0! 4 3! 5 6! 7 8",
      0.2,
      [4, 3],
    ],
    ["where the first frame is no sync sample", "0 1 2 3! 4 5", 0.3, [3, 3]],
    ["not where two frames have the same time", "0! 1 1 3! 4 5", 0.3, null],
  ])("%s", (_, frames, seconds, expected) => {
    const chunks = cutAtSyncSamples(source(frames), seconds);
    expect(chunks?.map((chunk) => chunk.frames) ?? null).toEqual(expected);
  });

  test("among the frames that an edit list shows", () => {
    expect(cutAtSyncSamples(source(closed, { start: 1, end: 8 }), 0.2)).toEqual([
      { firstFrame: 0, frames: 2, start: 1, end: 3 },
      { firstFrame: 2, frames: 3, start: 3, end: 6 },
      { firstFrame: 5, frames: 2, start: 6, end: 8 },
    ]);
  });

  test("nowhere, when ffprobe finds other frames than the index", () => {
    const video = source(closed);
    const { timestamps } = video;
    expect(shownFrames({ ...video, timestamps: timestamps.slice(1) })).toBeNull();
    expect(shownFrames({ ...video, timestamps: timestamps.with(4, 0.45) })).toBeNull();
    const moved = timestamps.map((time) => time + 2.5);
    expect(shownFrames({ ...video, timestamps: moved })?.times).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });
});

describe("what a decoder needs for a chunk", () => {
  test.each([
    ["the samples of a closed GOP", closed, { start: 3, end: 6 }, { from: 3, to: 6 }],
    [
      "the frames before the next sync sample that are decoded after it",
      open,
      { start: 0, end: 4 },
      { from: 0, to: 5 },
    ],
    ["with the sync sample, what follows it", open, { start: 4, end: 7 }, { from: 2, to: 8 }],
    [
      "the sync sample before a start that is none",
      closed,
      { start: 1, end: 3 },
      { from: 0, to: 3 },
    ],
    [
      "everything from the start, where no sync sample is before it",
      "0 1 2! 3",
      { start: 0, end: 2 },
      { from: 0, to: 2 },
    ],
  ])("%s", (_, frames, chunk, expected) => {
    expect(samplesOf(source(frames).index.samples, chunk)).toEqual(expected);
  });
});

test("another worker finds the same chunks by their numbers of frames", () => {
  const video = source(closed);
  const shown = shownFrames(video)!;
  expect(chunksOf([3, 3, 3], shown)).toEqual(cutAtSyncSamples(video, 0.3));
  expect(chunksOf([3, 3], shown)).toBeNull();
});
