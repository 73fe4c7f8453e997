import { expect, test } from "vitest";
import { aSource } from "../testing/builders.ts";
import { summarize } from "./media-summary.ts";

const steady = [0, 0.033, 0.067, 0.1];

test("a phone's HDR clip is described", () => {
  const colour = { primaries: "bt2020", transfer: "arib-std-b67", space: "bt2020nc", range: "tv" };
  const video = {
    ...{ codec: "hevc", profile: "Main 10", pixelFormat: "yuv420p10le", colour },
    ...{ dolbyVision: true, rotation: -90 },
  };
  const clip = aSource(video, { data: [{ index: 1, codec: "mebx" }] });
  expect(summarize("mov", { ...clip, timestamps: steady, hiddenFrames: 2 }).details).toEqual({
    profile: "Main 10",
    bit_depth: 10,
    chroma: "4:2:0",
    colour: { primaries: "bt2020", transfer: "arib-std-b67", matrix: "bt2020nc", range: "tv" },
    hdr: "hlg",
    hdr10: null,
    dolby_vision: true,
    rotation: -90,
    sample_aspect_ratio: "1:1",
    variable_frame_rate: false,
    interlaced: false,
    hidden_frames: 2,
    timecode: null,
    chapters: 0,
    subtitle_codecs: [],
    cover_codecs: [],
    data_codecs: ["mebx"],
  });
});

test.each([
  ["one that is rounded to milliseconds", steady, false],
  ["one that skips a frame", [0, 0.033, 0.1], true],
  ["that of a single frame", [0], false],
])("of frame rates, %s: is it variable?", (_which, timestamps, isVariable) => {
  const { details } = summarize("mp4", { ...aSource(), timestamps });
  expect(details?.variable_frame_rate).toBe(isVariable);
});
