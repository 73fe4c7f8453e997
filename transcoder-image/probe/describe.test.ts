import { expect, test } from "vitest";
import { describe } from "./describe.ts";
import { ffprobeOutput } from "./ffprobe-output.ts";

function describeStreams(streams: object[], rest: object = {}) {
  return describe(ffprobeOutput.parse({ streams, format: { size: "100" }, ...rest }));
}

test("a phone's clip has tracks for which we have no place", () => {
  const media = describeStreams([
    { index: 0, codec_type: "video", codec_name: "hevc", codec_tag_string: "hvc1" },
    { index: 1, codec_type: "audio", codec_name: "aac", channels: 2 },
    { index: 2, codec_type: "data", codec_tag_string: "mebx" },
  ]);
  expect(media.data).toEqual([{ index: 2, codec: "mebx" }]);
});

test("captions without a name in ffmpeg are called by their four letters", () => {
  const track = { index: 1, codec_type: "subtitle", codec_name: "unknown", nb_frames: "3" };
  const { subtitles } = describeStreams([{ ...track, codec_tag_string: "c708" }]);
  expect(subtitles).toEqual([{ index: 1, codec: "c708", claimedPackets: 3, startSeconds: 0 }]);
});

test("tracks that the muxer writes anew are no loss", () => {
  const tracks = [
    { index: 1, codec_type: "data", codec_name: "bin_data", codec_tag_string: "text" },
    { index: 2, codec_type: "data", codec_tag_string: "tmcd" },
  ];
  expect(describeStreams(tracks, { chapters: [{}] }).data).toEqual([]);
});

test("a cover picture is no video", () => {
  const cover = { index: 0, codec_type: "video", codec_name: "mjpeg" };
  const media = describeStreams([{ ...cover, disposition: { attached_pic: 1 } }]);
  expect(media.video).toEqual([]);
  expect(media.covers).toEqual([{ index: 0, codec: "mjpeg" }]);
});

test("what a file does not say is null or nothing", () => {
  const { video } = describeStreams([
    {
      ...{ index: 0, codec_type: "video", codec_name: "h264", color_primaries: "unknown" },
      ...{ sample_aspect_ratio: "0:1", avg_frame_rate: "0/0" },
    },
  ]);
  expect(video[0]).toMatchObject({
    colour: { primaries: null, transfer: null, space: null, range: null },
    sampleAspectRatio: null,
    frameRate: 0,
    rotation: 0,
    claimedFrames: null,
  });
});

test("encryption shows in the packets", () => {
  const packets = [{ side_data_list: [{ side_data_type: "Encryption info" }] }];
  expect(describeStreams([], { packets }).encrypted).toBe(true);
});
