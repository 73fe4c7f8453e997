import type { MediaCase } from "./media-case.ts";
import { video } from "./recipes.ts";

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

/** What can be special about colours, and about how deep and how bright they are. */
export const colourCases: readonly MediaCase[] = [
  {
    file: "ordinary.mp4",
    what: "H.264 with AAC, tagged BT.709",
    source: video({ options: tagged("bt709", "bt709", "bt709") }),
    result: { codec: "hevc", frames: 25, audio: ["aac"], colour: "bt709/bt709/bt709/tv" },
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
    what: "HDR10 in H.265, with mastering display and content light metadata",
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
    file: "hdr10-h264.mp4",
    what: "HDR10 in H.264; ffmpeg reads its HDR metadata from version 6 on",
    source: video({
      pixelFormat: "yuv420p10le",
      options: [
        ...tagged("bt2020", "smpte2084", "bt2020nc"),
        ...["-x264-params", `mastering-display=${masteredIn1000Nits}:cll=1000,400`],
      ],
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
    what: "colour tags only in the container",
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
    file: "gray.mp4",
    what: "grayscale",
    source: video({ pixelFormat: "gray" }),
    result: { codec: "hevc", frames: 25, audio: ["aac"], pixelFormat: "yuvj420p" },
  },
];
