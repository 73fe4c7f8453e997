import type { MediaCase } from "./media-case.ts";
import { ffmpeg, trimmed, rotated, video } from "./recipes.ts";

/** Special cases of pictures and their times. */
export const pictureCases: readonly MediaCase[] = [
  {
    file: "hevc.mp4",
    what: "H.265 with the tag hev1 and open GOPs",
    source: video({
      codec: "libx265",
      options: ["-x265-params", "log-level=error:open-gop=1:keyint=10", "-tag:v", "hev1"],
    }),
    result: { codec: "h264", frames: 25, audio: ["aac"] },
  },
  {
    file: "turned.mov",
    what: "H.265, rotated by 90 degrees, with PCM",
    source: rotated(video({ codec: "libx265", audio: "pcm_s16le" })),
    result: { codec: "h264", frames: 25, audio: ["pcm_s16le"] },
  },
  {
    file: "interlaced.mp4",
    what: "interlaced, top field first",
    source: video({ size: "160x96", options: ["-flags", "+ildct+ilme", "-x264-params", "tff=1"] }),
    result: {
      codec: "hevc",
      frames: 25,
      audio: ["aac"],
      notes: ["The video is interlaced; it was deinterlaced."],
    },
  },
  {
    file: "odd.mp4",
    what: "odd width and height, 4:4:4",
    source: video({
      pixelFormat: "yuv444p",
      filters: "format=yuv444p,crop=161:91:0:0",
      size: "180x120",
    }),
    result: {
      codec: "hevc",
      frames: 25,
      audio: ["aac"],
      size: "160x90",
      pixelFormat: "yuv420p",
      notes: [
        "Cropped from 161 x 91 to 160 x 90: sizes must be even.",
        "Colour resolution was reduced from 4:4:4 to 4:2:0, which players expect.",
      ],
    },
  },
  {
    file: "camera.mov",
    what: "4:2:2 with 10 bits and PCM, as cameras record",
    source: video({ pixelFormat: "yuv422p10le", audio: "pcm_s24le" }),
    result: {
      codec: "hevc",
      frames: 25,
      audio: ["pcm_s24le"],
      pixelFormat: "yuv420p10le",
      notes: ["Colour resolution was reduced from 4:2:2 to 4:2:0, which players expect."],
    },
  },
  {
    file: "grain.mp4",
    what: "strong grain",
    source: video({ audio: null, filters: "noise=alls=25:allf=t" }),
    result: { codec: "hevc", frames: 25 },
  },
  {
    file: "anamorphic.mp4",
    what: "pixels wider than high",
    source: video({ filters: "setsar=16/11" }),
    result: { codec: "hevc", frames: 25, audio: ["aac"] },
  },
  {
    file: "variable.mp4",
    what: "variable frame rate: 60 frames per second with most frames left out; no audio",
    source: video({
      rate: 60,
      seconds: 2,
      audio: null,
      filters: "select='not(mod(n,3))+not(mod(n,7))'",
    }),
    result: { codec: "hevc", frames: 52 },
  },
  {
    file: "ntsc.mov",
    what: "21 seconds of H.265 at 59.94 frames per second",
    source: ffmpeg(
      ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=60000/1001:d=21", "-c:v", "libx265"],
      ...["-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p"],
    ),
    result: { codec: "h264", frames: 1259 },
  },
  {
    file: "trimmed.mp4",
    what: "an edit list that hides the start",
    source: trimmed(0.52, video({ seconds: 2, options: ["-bf", "2"] })),
    result: { codec: "hevc", frames: 37, audio: ["aac"] },
  },
  {
    file: "fragmented.mp4",
    what: "fragments, as live recorders write them",
    source: video({ options: ["-movflags", "frag_keyframe+empty_moov", "-g", "10"] }),
    result: { codec: "hevc", frames: 25, audio: ["aac"] },
  },
  {
    file: "single.mp4",
    what: "one frame",
    source: video({ audio: null, options: ["-frames:v", "1"] }),
    result: { codec: "hevc", frames: 1 },
  },
];
