import { execa } from "execa";
import { writeFile } from "node:fs/promises";
import { pointElsewhere } from "./data-reference.ts";
import type { MediaCase } from "./media-case.ts";
import { callItCbcs, claimDuration } from "./headers.ts";
import { cutOff, damaged, ffmpeg, madeOf, renamed, ruined, video, written } from "./recipes.ts";

const notAVideo = "The file is not an MP4 or MOV video.";
const faststart = ["-movflags", "+faststart"];
const cenc = [
  ...["-encryption_scheme", "cenc-aes-ctr"],
  ...["-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"],
  ...["-encryption_kid", "a7e61c373e219033c21091fa607bf3b8"],
];

/** Broken files, and files that want something. */
export const brokenCases: readonly MediaCase[] = [
  {
    file: "text.mp4",
    what: "a text",
    source: written("Not a video at all.\n"),
    result: { refused: "not_a_video", sentence: notAVideo },
  },
  {
    file: "photo.mp4",
    what: "a photo",
    source: async (path) => {
      const input = ["-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1"];
      await execa("ffmpeg", ["-v", "error", "-y", ...input, "-f", "mjpeg", path]);
    },
    result: { refused: "not_a_video", sentence: notAVideo },
  },
  {
    file: "hls.mp4",
    what: "an HLS playlist that names an address",
    source: written(({ canaryUrl }) => `#EXTM3U\n#EXTINF:1,\n${canaryUrl}/a.ts\n#EXT-X-ENDLIST\n`),
    result: { refused: "not_a_video", sentence: notAVideo },
  },
  {
    file: "dash.mp4",
    what: "a DASH manifest that names an address",
    source: written(
      ({ canaryUrl }) =>
        `<?xml version="1.0"?><MPD type="static" mediaPresentationDuration="PT1S"><Period>` +
        `<AdaptationSet><Representation id="1" bandwidth="1"><BaseURL>${canaryUrl}/a.mp4</BaseURL>` +
        `</Representation></AdaptationSet></Period></MPD>`,
    ),
    result: { refused: "not_a_video", sentence: notAVideo },
  },
  {
    file: "concat.mp4",
    what: "a script that names the file beside it",
    source: async (path, scene) => {
      await video()(scene.beside("secret.mp4"), scene);
      await writeFile(path, "ffconcat version 1.0\nfile secret.mp4\n");
    },
    result: { refused: "not_a_video", sentence: notAVideo },
  },
  {
    file: "reference.mov",
    what: "a QuickTime reference to the file beside it",
    source: async (path, scene) => {
      await video()(scene.beside("secret.mov"), scene);
      await video({ audio: null })(path, scene);
      await pointElsewhere(path, scene.beside("secret.mov"));
    },
    result: {
      refused: "not_a_video",
      sentence: "The file refers to media in another file, which was not uploaded.",
    },
  },
  {
    file: "empty.mp4",
    what: "nothing",
    source: written(""),
    result: { refused: "empty_file", sentence: "The uploaded file is empty." },
  },
  {
    file: "drawing.mp4",
    what: "an SVG drawing that names an address",
    source: written(
      ({ canaryUrl }) =>
        `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="${canaryUrl}"/></svg>`,
    ),
    result: { refused: "not_a_video", sentence: notAVideo },
  },
  {
    file: "matroska.mp4",
    what: "a Matroska file that was renamed",
    source: ffmpeg(
      ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1", "-c:v", "libx264"],
      ...["-f", "matroska"],
    ),
    result: { refused: "not_a_video", sentence: notAVideo },
  },
  {
    file: "no-index.mp4",
    what: "the first half of a file whose index is at its end",
    source: cutOff(0.5, video()),
    result: {
      refused: "truncated",
      sentence: "The file is incomplete: its index (moov) is missing or cut off. Upload it again.",
    },
  },
  {
    file: "cut.mp4",
    what: "the first part of a file whose index is at its start",
    source: cutOff(0.6, video({ options: faststart, audio: null })),
    result: {
      refused: "truncated",
      sentence: "The file is cut off: its header says 25 frames, but it holds 15. Upload it again.",
    },
  },
  {
    file: "encrypted.mp4",
    what: "DRM (CENC)",
    source: video({ options: cenc }),
    result: {
      refused: "encrypted",
      sentence: "The file is encrypted (DRM), so Transpod can't read its video.",
    },
  },
  {
    file: "encrypted-cbcs.mp4",
    what: "DRM that calls itself CBCS, as Apple's players have it",
    source: madeOf(video({ options: cenc }), callItCbcs),
    result: {
      refused: "encrypted",
      sentence: "The file is encrypted (DRM), so Transpod can't read its video.",
    },
  },
  {
    file: "huge.mp4",
    what: "pictures larger than any screen",
    source: video({ size: "8192x4400", rate: 1, audio: null }),
    result: {
      refused: "too_large",
      sentence: "The video is 8192 x 4400 pixels; Transpod takes up to 36 million pixels a frame.",
    },
  },
  {
    file: "damaged.mp4",
    what: "damage in one picture",
    source: damaged(video({ audio: null })),
    result: {
      codec: "hevc",
      frames: 25,
      notes: ["ffmpeg reported 2 errors while reading the source; it may be slightly damaged."],
    },
  },
  {
    file: "ruined.mp4",
    what: "nothing but noise for pictures",
    source: ruined(1, video({ audio: null })),
    result: {
      refused: "damaged",
      sentence: "The file is damaged: nothing of its video can be decoded.",
    },
  },
  {
    file: "half-ruined.mp4",
    what: "noise from the middle on",
    source: ruined(0.5, video({ codec: "libx265", audio: null, seconds: 2 })),
    result: { refused: "damaged", sentence: "The file is damaged: it holds 50 frames, but" },
  },
  {
    file: "half-ruined-finished.mp4",
    what: "the same, with `on_damage: finish`",
    source: ruined(0.5, video({ codec: "libx265", audio: null, seconds: 2 })),
    settings: { on_damage: "finish" },
    result: {
      codec: "h264",
      frames: 24,
      notes: ["The file is damaged: 26 of its 50 frames can't be decoded and are missing."],
    },
  },
  {
    file: "long.mp4",
    what: "25 frames that are shown for 27 days",
    source: ffmpeg(
      ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1", "-vf", "setpts=N*100000/TB"],
      ...["-fps_mode", "passthrough", "-c:v", "libx264", "-video_track_timescale", "1"],
    ),
    result: {
      refused: "too_large",
      sentence: "The video is 666.7 hours long; Transpod takes up to 24.",
    },
  },
  {
    file: "boastful.mp4",
    what: "a header that claims ten hours for one second",
    source: madeOf(video({ audio: null }), (from, to) => claimDuration(from, to, 36_000)),
    result: { codec: "hevc", frames: 25 },
  },
  {
    file: "optimal.mp4",
    what: "so much noise at so few bits that H.265 would make more of it",
    source: video({ audio: null, filters: "noise=alls=40:allf=t", options: ["-crf", "45"] }),
    settings: { if_larger: "stop" },
    result: {
      refused: "already_optimal",
      sentence: "The file is as small as H.265 makes it at this quality already",
    },
  },
  {
    file: "tracks.mp4",
    what: "a hundred audio tracks",
    source: ffmpeg(
      ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=0.2", "-f", "lavfi", "-i", "sine=d=0.2"],
      ...["-map", "0", ...Array.from({ length: 100 }, () => ["-map", "1"]).flat()],
      ...["-c:v", "libx264", "-c:a", "aac", "-b:a", "16k"],
    ),
    result: { refused: "too_large", sentence: "The file has 101 tracks; Transpod takes up to 64." },
  },
  {
    file: "foreign.mov",
    what: "Motion JPEG in a .mov",
    source: renamed(
      ".mov",
      ffmpeg(
        ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1"],
        ...["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"],
      ),
    ),
    result: {
      refused: "unsupported_codec",
      sentence: "This file holds Motion JPEG video; Transpod converts between H.264 and H.265.",
    },
  },
];
