import { writeFile } from "node:fs/promises";
import {
  captionedH264,
  captionedHevc,
  unevenCaptions,
} from "@transpod/transcoder-image/testing/captions.ts";
import { addSecondField, callIt708, emptyCaptions } from "./caption-track.ts";
import type { MediaCase, Recipe } from "./media-case.ts";
import { ffmpeg, madeOf, renamed, trimmed } from "./recipes.ts";

const picture = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1"];
const h264 = ["-c:v:0", "libx264", "-preset", "ultrafast", "-pix_fmt:v:0", "yuv420p"];
const scenarist =
  "Scenarist_SCC V1.0\n\n00:00:00:00\t9420 9420 94ae 94ae 9470 9470 c8e5 ecec ef80 942f 942f\n\n" +
  "00:00:00:20\t942c 942c\n\n00:00:00:24\t942c 942c\n";

/** A caption track (c608) whose first sample holds eleven captions. */
const track: Recipe = async (path, scene) => {
  const input = scene.beside("captions.scc");
  await writeFile(input, scenarist);
  const args = ["-i", input, ...h264, "-map", "0", "-map", "1", "-c:s", "copy", "-f", "mov"];
  await ffmpeg(...picture, ...args)(path, scene);
};

const inside =
  (make: typeof captionedH264, options: readonly string[] = [], first = 0): Recipe =>
  (path) =>
    make(path, unevenCaptions(first), options);

/** Closed captions, in tracks of their own and inside the pictures. */
export const captionCases: readonly MediaCase[] = [
  {
    file: "captions.mov",
    what: "a closed caption track (CEA-608)",
    source: track,
    result: { codec: "hevc", frames: 25, subtitles: ["eia_608"] },
  },
  {
    file: "captions.mp4",
    what: "a .mov with a closed caption track that was renamed to .mp4, which can't hold it",
    source: renamed(".mov", track),
    result: {
      codec: "hevc",
      frames: 25,
      notes: ["A closed caption track (eia_608) was dropped: an .mp4 can't hold it, a .mov can."],
    },
  },
  {
    file: "captions-both-fields.mov",
    what: "a closed caption track for both fields",
    source: madeOf(track, addSecondField),
    result: {
      codec: "hevc",
      frames: 25,
      subtitles: ["eia_608"],
      notes: [
        "The second field (CC3, CC4) of a closed caption track was dropped: ffmpeg can't write it.",
      ],
    },
  },
  {
    file: "captions-708.mov",
    what: "a closed caption track (CTA-708)",
    source: madeOf(track, callIt708),
    result: {
      codec: "hevc",
      frames: 25,
      notes: ["A closed caption track (c708) was dropped: ffmpeg can't copy it."],
    },
  },
  {
    file: "captions-empty.mov",
    what: "a closed caption track with zeros in it, at which ffmpeg stops reading",
    source: madeOf(track, emptyCaptions),
    result: {
      codec: "hevc",
      frames: 25,
      notes: ["A closed caption track (eia_608) was dropped: this ffmpeg can't read it."],
    },
  },
  {
    file: "captions-inside.mp4",
    what: "closed captions inside the pictures (ATSC A/53), more in some than in others",
    source: inside(captionedH264),
    result: { codec: "hevc", frames: 25, captions: 20 },
  },
  {
    file: "captions-inside-hevc.mp4",
    what: "the same in H.265",
    source: inside(captionedHevc),
    result: { codec: "h264", frames: 25, captions: 20 },
  },
  {
    file: "captions-late.mp4",
    what: "closed captions that begin in the 18th picture",
    source: inside(captionedH264, [], 17),
    result: { codec: "hevc", frames: 25, captions: 6 },
  },
  {
    file: "captions-interlaced.mp4",
    what: "closed captions in interlaced pictures",
    source: inside(captionedH264, ["-flags", "+ildct+ilme", "-x264-params", "tff=1"]),
    result: {
      codec: "hevc",
      frames: 25,
      captions: 20,
      notes: ["The video is interlaced; it was deinterlaced."],
    },
  },
  {
    file: "captions-inside-trimmed.mp4",
    what: "closed captions in pictures of which an edit list hides the first",
    source: trimmed(0.5, inside(captionedH264)),
    result: { codec: "hevc", frames: 12, captions: 9 },
  },
  {
    file: "captions-hdr.mp4",
    what: "closed captions in HDR (HLG) that is tone-mapped",
    source: inside(captionedHevc, [
      ...["-vf", "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc"],
      ...["-pix_fmt", "yuv420p10le"],
    ]),
    result: {
      codec: "h264",
      frames: 25,
      pixelFormat: "yuv420p",
      colour: "bt709/bt709/bt709/tv",
      captions: 20,
      notes: [
        "Colour depth was reduced from 10 to 8 bits: few H.264 players show more.",
        "HDR was tone-mapped to SDR (BT.709), which every H.264 player can show.",
      ],
    },
  },
];
