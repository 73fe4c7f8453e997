import { writeFile } from "node:fs/promises";
import type { MediaCase, Recipe } from "./media-case.ts";
import { ffmpeg, remuxed, renamed, video } from "./recipes.ts";

const picture = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1"];
const tone = ["-f", "lavfi", "-i", "sine=d=1"];
const h264 = ["-c:v:0", "libx264", "-preset", "ultrafast", "-pix_fmt:v:0", "yuv420p"];
const cover = [
  ...["-f", "lavfi", "-i", "color=red:s=64x64:d=0.04", "-map", "0", "-map", "1"],
  ...["-c:v:1", "png", "-disposition:v:1", "attached_pic"],
];

/** A video with a further text input, such as subtitles. */
function withText(name: string, text: string, ...args: string[]): Recipe {
  return async (path, scene) => {
    const input = scene.beside(name);
    await writeFile(input, text);
    await ffmpeg(...picture, "-i", input, ...h264, ...args)(path, scene);
  };
}

const subtitle = "1\n00:00:00,100 --> 00:00:00,900\nHello\n";
const chapters = [
  ...[";FFMETADATA1", "title=Two parts", "creation_time=2024-05-06T07:08:09Z"],
  ...["[CHAPTER]", "TIMEBASE=1/1000", "START=0", "END=480", "title=One"],
  ...["[CHAPTER]", "TIMEBASE=1/1000", "START=480", "END=1000", "title=Two"],
].join("\n");

const place = {
  location: "+48.1372+011.5756/",
  "com.apple.quicktime.location.ISO6709": "+48.1372+011.5756+520.000/",
};
const located = video({
  options: [
    ...Object.entries({ ...place, "com.apple.quicktime.make": "Apple" }).flatMap(
      ([name, value]) => ["-metadata", `${name}=${value}`],
    ),
    ...["-movflags", "use_metadata_tags"],
  ],
});

/** Special cases of tracks beside the picture. */
export const trackCases: readonly MediaCase[] = [
  {
    file: "languages.mp4",
    what: "AAC, AC-3 and MP3 in three languages",
    source: ffmpeg(
      ...[...picture, ...tone, "-map", "0:v", "-map", "1:a", "-map", "1:a", "-map", "1:a", ...h264],
      ...["-c:a:0", "aac", "-c:a:1", "ac3", "-c:a:2", "libmp3lame"],
      ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"],
      ...["-metadata:s:a:2", "language=fra"],
    ),
    result: { codec: "hevc", frames: 25, audio: ["aac", "ac3", "mp3"] },
  },
  {
    file: "opus.mp4",
    what: "Opus in an .mp4",
    source: video({ audio: "libopus", options: ["-strict", "-2"] }),
    result: { codec: "hevc", frames: 25, audio: ["opus"] },
  },
  {
    file: "flac.mp4",
    what: "FLAC in an .mp4",
    source: video({ audio: "flac", options: ["-strict", "-2"] }),
    result: { codec: "hevc", frames: 25, audio: ["flac"] },
  },
  {
    file: "opus.mov",
    what: "an .mp4 with Opus that was renamed to .mov, which can't hold it",
    source: renamed(".mp4", video({ audio: "libopus", options: ["-strict", "-2"] })),
    result: {
      codec: "hevc",
      frames: 25,
      audio: ["aac"],
      notes: ["Audio was converted from opus to AAC, which .mov can hold."],
    },
  },
  {
    file: "pcm.mp4",
    what: "a .mov with PCM that was renamed to .mp4, which can't hold it",
    source: renamed(".mov", video({ audio: "pcm_s16le" })),
    result: {
      codec: "hevc",
      frames: 25,
      audio: ["aac"],
      notes: ["Audio was converted from pcm_s16le to AAC, which .mp4 can hold."],
    },
  },
  {
    file: "nine.mov",
    what: "nine channels of PCM",
    source: video({ audio: "pcm_s16le", channels: 9 }),
    result: { codec: "hevc", frames: 25, audio: ["pcm_s16le"] },
  },
  {
    file: "late-sound.mp4",
    what: "audio that starts 0.4 s after the video",
    source: ffmpeg(...picture, "-itsoffset", "0.4", ...tone, ...h264, "-c:a", "aac"),
    result: { codec: "hevc", frames: 25, audio: ["aac"] },
  },
  {
    file: "subtitles.mp4",
    what: "text subtitles",
    source: withText("subtitles.srt", subtitle, ...["-map", "0", "-map", "1", "-c:s", "mov_text"]),
    result: { codec: "hevc", frames: 25, subtitles: ["mov_text"] },
  },
  {
    file: "chapters.mp4",
    what: "chapters, a title and a creation time",
    source: withText("chapters.txt", chapters, "-map_metadata", "1"),
    result: { codec: "hevc", frames: 25 },
  },
  {
    file: "chapters.mov",
    what: "chapters in a .mov",
    source: withText("chapters.txt", chapters, "-map_metadata", "1"),
    result: { codec: "hevc", frames: 25 },
  },
  {
    file: "timecode.mov",
    what: "a timecode track",
    source: remuxed(video({ audio: null }), "-timecode", "01:00:00:00"),
    result: { codec: "hevc", frames: 25, tags: { timecode: "01:00:00:00" } },
  },
  {
    file: "cover.mp4",
    what: "a cover picture",
    source: ffmpeg(...picture, ...cover, ...h264),
    result: { codec: "hevc", frames: 25, covers: ["png"] },
  },
  {
    file: "cover.mov",
    what: "an .mp4 with a cover picture that was renamed to .mov, which can't hold it",
    source: renamed(".mp4", ffmpeg(...picture, ...cover, ...h264)),
    result: { codec: "hevc", frames: 25, notes: ["The cover picture was dropped: png."] },
  },
  {
    file: "two-pictures.mp4",
    what: "a second video track",
    source: ffmpeg(...picture, "-map", "0", "-map", "0", ...h264, "-c:v:1", "mpeg4"),
    result: { codec: "hevc", frames: 25, notes: ["Other video tracks were dropped: mpeg4."] },
  },
  {
    file: "android.mp4",
    what: "tags of an Android phone",
    source: video({
      options: ["-metadata", "com.android.version=13", "-movflags", "use_metadata_tags"],
    }),
    result: {
      codec: "hevc",
      frames: 25,
      audio: ["aac"],
      tags: { "com.android.version": "13" },
    },
  },
  {
    file: "located.mov",
    what: "recording location, in the tags of Apple's phones and of others",
    source: located,
    result: { codec: "hevc", frames: 25, audio: ["aac"], tags: place },
  },
  {
    file: "unlocated.mov",
    what: "the same, with `location: remove`",
    source: located,
    settings: { location: "remove" },
    result: {
      codec: "hevc",
      frames: 25,
      audio: ["aac"],
      removed: Object.keys(place),
      tags: { "com.apple.quicktime.make": "Apple" },
      notes: ["The recording location was removed, as requested."],
    },
  },
];
