import { execa } from "execa";
import { writeFile } from "node:fs/promises";
import { referToOtherFile } from "./data-reference.ts";
import type { MediaCase } from "./media-case.ts";
import { setSchemeToCbcs, claimDuration } from "./headers.ts";
import { cutOff, damaged, ffmpeg, madeOf, renamed, withNoise, video, written } from "./recipes.ts";

const notAVideo = "The file is not an MP4 or MOV video.";
const faststart = ["-movflags", "+faststart"];
const cenc = [
  ...["-encryption_scheme", "cenc-aes-ctr"],
  ...["-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"],
  ...["-encryption_kid", "a7e61c373e219033c21091fa607bf3b8"],
];

/** Broken files, and files that try to access something. */
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
      await referToOtherFile(path, scene.beside("secret.mov"));
    },
    result: {
      refused: "not_a_video",
      sentence: "The file refers to media in another file, which was not uploaded.",
    },
  },
  {
    file: "empty.mp4",
    what: "no bytes",
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
      sentence:
        "The file is cut off: its header lists 25 frames, but it contains 15. Upload it again.",
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
    what: "DRM (CBCS), as used by Apple's players",
    source: madeOf(video({ options: cenc }), setSchemeToCbcs),
    result: {
      refused: "encrypted",
      sentence: "The file is encrypted (DRM), so Transpod can't read its video.",
    },
  },
  {
    file: "huge.mp4",
    what: "very large frames",
    source: video({ size: "8192x4400", rate: 1, audio: null }),
    result: {
      refused: "too_large",
      sentence:
        "The video is 8192 x 4400 pixels; Transpod takes up to 36 million pixels per frame.",
    },
  },
  {
    file: "damaged.mp4",
    what: "damage in one frame",
    source: damaged(video({ audio: null })),
    result: {
      codec: "hevc",
      frames: 25,
      notes: ["ffmpeg reported 2 errors while reading the source; it may be slightly damaged."],
    },
  },
  {
    file: "ruined.mp4",
    what: "noise instead of every frame",
    source: withNoise(1, video({ audio: null })),
    result: {
      refused: "damaged",
      sentence: "The file is damaged: none of its video can be decoded.",
    },
  },
  {
    file: "half-ruined.mp4",
    what: "noise instead of the second half of the frames",
    source: withNoise(0.5, video({ codec: "libx265", audio: null, seconds: 2 })),
    result: {
      refused: "damaged",
      sentence: "The file is damaged: it contains 50 frames, but only",
    },
  },
  {
    file: "half-ruined-finished.mp4",
    what: "the same, with `on_damage: finish`",
    source: withNoise(0.5, video({ codec: "libx265", audio: null, seconds: 2 })),
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
    what: "one second, with a header that says ten hours",
    source: madeOf(video({ audio: null }), (from, to) => claimDuration(from, to, 36_000)),
    result: { codec: "hevc", frames: 25 },
  },
  {
    file: "optimal.mp4",
    what: "noise at a low bit rate, so that H.265 would be larger, with `if_larger: stop`",
    source: video({ audio: null, filters: "noise=alls=40:allf=t", options: ["-crf", "45"] }),
    settings: { if_larger: "stop" },
    result: {
      refused: "already_optimal",
      sentence: "At this quality H.265 does not make the file smaller",
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
      sentence: "The file contains Motion JPEG video; Transpod converts between H.264 and H.265.",
    },
  },
];
