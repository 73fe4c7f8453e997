import { expect, test } from "vitest";
import type { Expected } from "../plan/plan.ts";
import { aMedia, anAudioTrack, aVideoTrack } from "../testing/builders.ts";
import { compareTimestamps, timesOfKept } from "./compare-timestamps.ts";
import { judgeOutput, judgeSimilarity, judgeTimes, type OutputFacts } from "./judge-output.ts";

const expected: Expected = {
  codec: "hevc",
  tag: "hvc1",
  width: 1920,
  height: 1080,
  rotation: 0,
  frames: 3,
  audio: [{ codec: "aac", encoded: false, offsetSeconds: 0.1 }],
  subtitles: 0,
  covers: 0,
  chapters: 0,
  hidesLocation: false,
  colour: { primaries: "bt709", transfer: null, space: null, range: "tv" },
  hdr10: null,
  captions: false,
  captionTracks: [],
  sampleAspectRatio: "1:1",
  comparison: null,
};

const colour = { primaries: "bt709", transfer: null, space: null, range: null };

function facts(change: Partial<OutputFacts> = {}, video = {}): OutputFacts {
  const track = aVideoTrack({ codec: "hevc", tag: "hvc1", startSeconds: 0, colour, ...video });
  return {
    media: aMedia({ video: [track], audio: [anAudioTrack({ startSeconds: 0.1 })] }),
    packets: 3,
    decodedFrames: 3,
    ...change,
  };
}

test("an output as planned is right", () => {
  expect(judgeOutput(expected, facts())).toBeNull();
});

test.each([
  ["no video", facts({ media: aMedia({ video: [] }) }), "no video track"],
  ["the wrong codec", facts({}, { codec: "h264" }), "is h264, not hevc"],
  ["a tag QuickTime refuses", facts({}, { tag: "hev1" }), "tagged hev1, not hvc1"],
  ["another size", facts({}, { width: 1080, height: 1920 }), "1080 x 1920"],
  ["lost rotation", facts({}, { rotation: -90 }), "rotated by -90"],
  ["a lost frame", facts({ packets: 2 }), "holds 2 frames; the source has 3"],
  ["a frame that does not decode", facts({ decodedFrames: 2 }), "decodes to 2 frames"],
  ["other pixels", facts({}, { sampleAspectRatio: "16:11" }), "are 16:11 in shape, not 1:1"],
  [
    "another colour",
    facts({}, { colour: { ...colour, primaries: "bt2020" } }),
    "bt2020, not bt709",
  ],
  ["squeezed colours", facts({}, { colour: { ...colour, range: "pc" } }), "pc, not tv"],
  ["late sound", facts({}, { startSeconds: -0.05 }), "sound is 50 ms away"],
  ["lost audio", facts({ media: { ...facts().media, audio: [] } }), "audio is missing, not aac"],
])("%s is found", (_what, output, sentence) => {
  expect(judgeOutput(expected, output)).toContain(sentence);
});

test.each(["covers", "subtitles"] as const)("lost %s are found", (extra) => {
  expect(judgeOutput({ ...expected, [extra]: 1 }, facts())).toContain("The output lacks");
});

test("lost chapters are found", () => {
  expect(judgeOutput({ ...expected, chapters: 2 }, facts())).toContain("chapters");
});

test("a picture that shows something else is found, one with smoothed grain is right", () => {
  expect(judgeSimilarity({ y: 0.24, u: 0.1, v: 0.1 })).toContain("does not look like the source");
  expect(judgeSimilarity({ y: 0.88, u: 0.73, v: 0.73 })).toBeNull();
});

test.each([
  ["in the middle", [0, 0.05, 0.12], [0, 0.05, 0.12]],
  ["at the start, the output starting at 0", [0, 0.03, 0.07], [0.05, 0.08, 0.12]],
])(
  "frames that a damaged source lost %s are left out of the comparison",
  (_where, output, kept) => {
    expect(timesOfKept([0, 0.05, 0.08, 0.12], output)).toEqual(kept.map((t) => expect.closeTo(t)));
  },
);

test("frames at times of their own are no frames of a damaged source", () => {
  const output = [0, 0.06, 0.12];
  const times = compareTimestamps(timesOfKept([0, 0.05, 0.08, 0.12], output), output);
  expect(judgeTimes(times)).toContain("ms away");
});

test("times are compared from the first frame on", () => {
  const times = compareTimestamps([0.5, 0.54, 0.58], [0, 0.04, 0.0805]);
  expect(times).toEqual({ maxErrorMs: 0.5, durationDifferenceMs: 0.5 });
  expect(judgeTimes(times)).toBeNull();
});

test("a frame that is shown too late is found", () => {
  const times = compareTimestamps([0, 0.04, 0.08], [0, 0.042, 0.08]);
  expect(times).toEqual({ maxErrorMs: 2, durationDifferenceMs: 0 });
  expect(judgeTimes(times)).toContain("2 ms away");
});

test.each([
  ["the source", [0, Number.NaN, 0.08], [0, 0.04, 0.08]],
  ["the output", [0, 0.04, 0.08], [0, 0.04, Number.NaN]],
  ["the start", [Number.NaN, 0.04], [0, 0.04]],
])("a frame without a time in %s is found", (_where, source, output) => {
  const sentence = "A frame has no time, so that the output can't be compared with the source.";
  expect(judgeTimes(compareTimestamps(source, output))).toBe(sentence);
});
