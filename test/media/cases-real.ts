import type { MediaCase } from "./media-case.ts";
import { realFiles } from "./real-files.ts";

/** Files from real sources: phones, film trailers, cameras. */
export const realCases: readonly MediaCase[] = [
  {
    file: "rotated_hdr_video.mov",
    what: "an iPhone's HDR clip: 10-bit HLG, Dolby Vision 8.4, rotated, two metadata tracks",
    source: realFiles.phoneHdr,
    result: {
      codec: "h264",
      frames: 40,
      pixelFormat: "yuv420p",
      colour: "bt709/bt709/bt709/tv",
      tags: { "com.apple.quicktime.make": "Apple" },
      notes: [
        "Colour depth was reduced from 10 to 8 bits: few H.264 players show more.",
        "HDR was tone-mapped to SDR (BT.709), which every H.264 player can show.",
        "Dolby Vision metadata was dropped; the base layer was kept.",
        "Data tracks were dropped: mebx, mebx.",
      ],
    },
  },
  {
    file: "rotated_video.mp4",
    what: "a rotated clip with a variable frame rate and a late start",
    source: realFiles.rotated,
    result: { codec: "hevc", frames: 44, audio: ["aac"] },
  },
  {
    file: "video.mp4",
    what: "audio that starts before the video, and frames at irregular times",
    source: realFiles.variableRate,
    // Of this one ffprobe counts the gap before the picture.
    result: { codec: "hevc", frames: 44, audio: ["aac"], seconds: 4.94 },
  },
  {
    file: "video_with_rectangular_samples.mp4",
    what: "pixels that are not square",
    source: realFiles.rectangularSamples,
    result: { codec: "hevc", frames: 46, audio: ["aac"] },
  },
  {
    file: "video_with_undefined_display_aspect_ratio.mp4",
    what: "an undefined aspect ratio",
    source: realFiles.undefinedAspect,
    result: { codec: "hevc", frames: 29, audio: ["aac"] },
  },
  {
    file: "video_without_audio_stream.mp4",
    what: "no audio, and a start that is not 0",
    source: realFiles.withoutAudio,
    result: { codec: "hevc", frames: 44 },
  },
  {
    file: "sintel_trailer-720p.mp4",
    what: "the first 14 seconds of a film trailer",
    source: realFiles.trailer,
    // All frames before the third sync sample; x265 begins a second GOP at 250 frames.
    seconds: 13.8,
    result: { codec: "hevc", frames: 334, audio: ["aac"] },
  },
  {
    file: "run.mp4",
    what: "five seconds of a film, no audio",
    source: realFiles.run,
    result: { codec: "hevc", frames: 150 },
  },
  {
    file: "test1.mp4",
    what: "AC-3 audio",
    source: realFiles.ac3,
    result: { codec: "hevc", frames: 21, audio: ["ac3"] },
  },
  {
    file: "bikes.mp4",
    what: "a film scene with grain",
    source: realFiles.bikes,
    result: { codec: "hevc", frames: 250 },
  },
  {
    file: "bigbuckbunny.mp4",
    what: "six channels of AAC",
    source: realFiles.bunny,
    result: { codec: "hevc", frames: 132, audio: ["aac"] },
  },
  {
    file: "carphone_pristine.mp4",
    what: "a small picture in high quality",
    source: realFiles.carphone,
    result: { codec: "hevc", frames: 120 },
  },
  {
    file: "carphone_distorted.mp4",
    what: "a small picture in very low quality",
    source: realFiles.carphoneDistorted,
    result: { codec: "hevc", frames: 120 },
  },
  {
    file: "sample.mp4",
    what: "1080p; the video starts after the audio",
    source: realFiles.fullHd,
    result: { codec: "hevc", frames: 23, audio: ["aac"] },
  },
  {
    file: "video_without_video_stream.mp4",
    what: "audio only",
    source: realFiles.withoutVideo,
    result: {
      refused: "no_video_track",
      sentence: "The file has no video track. It contains only aac audio.",
    },
  },
  {
    file: "test.mp4",
    what: "MPEG-4 Part 2",
    source: realFiles.mpeg4,
    result: {
      refused: "unsupported_codec",
      sentence: "The file contains MPEG-4 Part 2 video; Transpod converts between H.264 and H.265.",
    },
  },
  {
    file: "test_video_sync.mp4",
    what: "AV1",
    source: realFiles.av1,
    result: {
      refused: "unsupported_codec",
      sentence: "The file contains AV1 video; Transpod converts between H.264 and H.265.",
    },
  },
  {
    file: "demo.mp4",
    what: "VP9",
    source: realFiles.vp9,
    result: {
      refused: "unsupported_codec",
      sentence: "The file contains VP9 video; Transpod converts between H.264 and H.265.",
    },
  },
  {
    file: "quicktime.mp4",
    what: "MPEG-4 Part 2 from an old camera",
    source: realFiles.quickTimeMpeg4,
    result: {
      refused: "unsupported_codec",
      sentence: "The file contains MPEG-4 Part 2 video; Transpod converts between H.264 and H.265.",
    },
  },
  {
    file: "pentax_320x240.mov",
    what: "the index of a camera's Motion JPEG file, without the frames",
    source: realFiles.motionJpeg,
    result: {
      refused: "unsupported_codec",
      sentence: "The file contains Motion JPEG video; Transpod converts between H.264 and H.265.",
    },
  },
  {
    file: "mpeg4.mp4",
    what: "the first 262 bytes of an audio book",
    source: realFiles.firstBytes,
    result: {
      refused: "no_video_track",
      sentence: "The file has no video track.",
    },
  },
];
