import { expect, test } from "vitest";
import type { Expected } from "../plan/plan.ts";
import { aMedia, anAudioTrack, aSource, aVideoTrack } from "../testing/builders.ts";
import {
  durationDifferenceMs,
  maxTimestampErrorMs,
  secondsWithoutLost,
  timesOfKept,
} from "./compare-timestamps.ts";
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
  ["a lost frame", facts({ packets: 2 }), "contains 2 frames; the source has 3"],
  ["a frame that does not decode", facts({ decodedFrames: 2 }), "decodes to 2 frames"],
  [
    "other pixels",
    facts({}, { sampleAspectRatio: "16:11" }),
    "pixel aspect ratio is 16:11, not 1:1",
  ],
  [
    "another colour",
    facts({}, { colour: { ...colour, primaries: "bt2020" } }),
    "bt2020, not bt709",
  ],
  ["squeezed colours", facts({}, { colour: { ...colour, range: "pc" } }), "pc, not tv"],
  ["late sound", facts({}, { startSeconds: -0.05 }), "sound is shifted by 50 ms"],
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
  const kept = timesOfKept([0, 0.05, 0.08, 0.12], output);
  expect(judged(maxTimestampErrorMs(kept, output))).toContain("ms earlier or later");
});

test("times are compared from the first frame on", () => {
  const errorMs = maxTimestampErrorMs([0.5, 0.54, 0.58], [0, 0.04, 0.0805]);
  expect(errorMs).toBe(0.5);
  expect(judged(errorMs)).toBeNull();
});

test("a frame that is shown too late is found", () => {
  const errorMs = maxTimestampErrorMs([0, 0.04, 0.08], [0, 0.042, 0.08]);
  expect(judged(errorMs)).toContain("2 ms earlier or later");
});

test.each([
  ["the source", [0, Number.NaN, 0.08], [0, 0.04, 0.08]],
  ["the output", [0, 0.04, 0.08], [0, 0.04, Number.NaN]],
  ["the start", [Number.NaN, 0.04], [0, 0.04]],
])("a frame without a time in %s is found", (_where, source, output) => {
  const sentence = "A frame has no time, so the output can't be compared with the source.";
  expect(judged(maxTimestampErrorMs(source, output))).toBe(sentence);
});

const differs = "ms longer or shorter";
test.each([
  ["as long", { tables: 6.84, ffprobe: 6.84 }, 0, null],
  ["longer by what units round", { tables: 6.8409, ffprobe: 6.84 }, 0.9, null],
  ["too short", { tables: 6.83, ffprobe: 6.83 }, 10, differs],
  ["too long", { tables: 8.73, ffprobe: 8.73 }, 1890, differs],
  ["too short for the samples it has", { tables: 6.84, ffprobe: 6.8 }, 40, differs],
  ["preceded by a gap that ffprobe counts", { tables: 6.84, ffprobe: 7.06 }, 0, null],
  ["unreadable", { tables: Number.NaN, ffprobe: 6.84 }, Number.NaN, "can't be read"],
])("an output that is %s is judged so", (_what, length, difference, sentence) => {
  expect(durationDifferenceMs(6.84, length)).toBe(difference);
  const verdict = judgeTimes({ max_timestamp_error_ms: 0, duration_difference_ms: difference });
  expect(verdict ?? "").toContain(sentence ?? "");
  expect(verdict === null).toBe(sentence === null);
});

test("what a damaged source loses at its start is missing from its duration", () => {
  const late = aSource({}, { startSeconds: 0.3 });
  const source = { ...late, timestamps: [0.5, 0.54], presentedSeconds: 1 };
  expect(secondsWithoutLost(source, 0.24)).toBeCloseTo(0.96);
  expect(secondsWithoutLost(source, 0.2)).toBeCloseTo(1);
});

function judged(errorMs: number): string | null {
  return judgeTimes({ max_timestamp_error_ms: errorMs, duration_difference_ms: 0 });
}
