import type { MediaCase } from "./media-case.ts";
import { ffmpeg, trimmed, turned, video } from "./recipes.ts";

const tagged = (primaries: string, transfer: string, matrix: string) =>
  [
    ["-color_primaries", primaries, "-color_trc", transfer, "-colorspace", matrix],
    ["-color_range", "tv"],
  ].flat();

const masteredIn1000Nits = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)";

const hdr10 = [
  ...tagged("bt2020", "smpte2084", "bt2020nc"),
  "-x265-params",
  `log-level=error:hdr10=1:master-display=${masteredIn1000Nits}:max-cll=1000,400`,
];

const depthTo8 = "Colour depth was reduced from 10 to 8 bits: few H.264 players show more.";
const toneMapped = "HDR was tone-mapped to SDR (BT.709), which every H.264 player can show.";

/** What can be special about a picture and when it is shown. */
export const pictureCases: readonly MediaCase[] = [
  {
    file: "ordinary.mp4",
    what: "H.264 with AAC, tagged BT.709",
    source: video({ options: tagged("bt709", "bt709", "bt709") }),
    result: { codec: "hevc", frames: 25, audio: ["aac"], colour: "bt709/bt709/bt709/tv" },
  },
  {
    file: "hevc.mp4",
    what: "H.265 under the tag hev1, with open GOPs",
    source: video({
      codec: "libx265",
      options: ["-x265-params", "log-level=error:open-gop=1:keyint=10", "-tag:v", "hev1"],
    }),
    result: { codec: "h264", frames: 25, audio: ["aac"] },
  },
  {
    file: "turned.mov",
    what: "H.265, turned by 90 degrees, with PCM",
    source: turned(video({ codec: "libx265", audio: "pcm_s16le" })),
    result: { codec: "h264", frames: 25, audio: ["pcm_s16le"] },
  },
  {
    file: "deep.mp4",
    what: "10-bit H.264",
    source: video({ pixelFormat: "yuv420p10le" }),
    result: { codec: "hevc", frames: 25, audio: ["aac"], pixelFormat: "yuv420p10le" },
  },
  {
    file: "deep-hevc.mp4",
    what: "10-bit H.265 that is not HDR",
    source: video({ codec: "libx265", pixelFormat: "yuv420p10le" }),
    result: {
      codec: "h264",
      frames: 25,
      audio: ["aac"],
      pixelFormat: "yuv420p",
      notes: [depthTo8],
    },
  },
  {
    file: "hlg.mov",
    what: "HLG in H.265",
    source: video({
      codec: "libx265",
      pixelFormat: "yuv420p10le",
      options: tagged("bt2020", "arib-std-b67", "bt2020nc"),
    }),
    result: {
      codec: "h264",
      frames: 25,
      audio: ["aac"],
      pixelFormat: "yuv420p",
      colour: "bt709/bt709/bt709/tv",
      notes: [depthTo8, toneMapped],
    },
  },
  {
    file: "hdr10.mp4",
    what: "HDR10 in H.265, with the light levels it was mastered for",
    source: video({ codec: "libx265", pixelFormat: "yuv420p10le", options: hdr10 }),
    result: {
      codec: "h264",
      frames: 25,
      audio: ["aac"],
      pixelFormat: "yuv420p",
      colour: "bt709/bt709/bt709/tv",
      notes: [depthTo8, toneMapped],
    },
  },
  {
    file: "pq.mp4",
    what: "HDR (PQ) in H.264",
    source: video({
      pixelFormat: "yuv420p10le",
      options: tagged("bt2020", "smpte2084", "bt2020nc"),
    }),
    result: {
      codec: "hevc",
      frames: 25,
      audio: ["aac"],
      pixelFormat: "yuv420p10le",
      colour: "bt2020/smpte2084/bt2020nc/tv",
    },
  },
  {
    file: "colr.mp4",
    what: "colours that the container alone names",
    source: video({
      options: [
        ...tagged("bt2020", "bt709", "bt2020nc"),
        ...["-x264-params", "colorprim=undef:transfer=undef:colormatrix=undef"],
      ],
    }),
    result: { codec: "hevc", frames: 25, audio: ["aac"], colour: "bt2020/bt709/bt2020nc/tv" },
  },
  {
    file: "full-range.mp4",
    what: "full range",
    source: video({ pixelFormat: "yuvj420p" }),
    result: { codec: "hevc", frames: 25, audio: ["aac"], pixelFormat: "yuvj420p" },
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
    what: "an odd size, in full colour resolution",
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
    file: "full-range.mov",
    what: "full range in 4:2:2 with 10 bits",
    source: video({ pixelFormat: "yuv422p10le", audio: null, options: ["-color_range", "pc"] }),
    result: {
      codec: "hevc",
      frames: 25,
      pixelFormat: "yuv420p10le",
      notes: ["Colour resolution was reduced from 4:2:2 to 4:2:0, which players expect."],
    },
  },
  {
    file: "full-range-hevc.mp4",
    what: "full range in 10-bit H.265",
    source: video({
      codec: "libx265",
      pixelFormat: "yuv420p10le",
      audio: null,
      options: ["-color_range", "pc"],
    }),
    result: { codec: "h264", frames: 25, pixelFormat: "yuvj420p", notes: [depthTo8] },
  },
  {
    file: "grain.mp4",
    what: "strong grain",
    source: video({ audio: null, filters: "noise=alls=25:allf=t" }),
    result: { codec: "hevc", frames: 25 },
  },
  {
    file: "gray.mp4",
    what: "no colour at all",
    source: video({ pixelFormat: "gray" }),
    result: { codec: "hevc", frames: 25, audio: ["aac"], pixelFormat: "yuvj420p" },
  },
  {
    file: "anamorphic.mp4",
    what: "pixels wider than high",
    source: video({ filters: "setsar=16/11" }),
    result: { codec: "hevc", frames: 25, audio: ["aac"] },
  },
  {
    file: "variable.mp4",
    what: "60 frames per second of which most are left out, without sound",
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
    what: "H.265 at 59.94 frames per second",
    source: ffmpeg(
      ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=60000/1001:d=1", "-c:v", "libx265"],
      ...["-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p"],
    ),
    result: { codec: "h264", frames: 60 },
  },
  {
    file: "trimmed.mp4",
    what: "a start that an edit list hides",
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
