import { presentFor, withoutLastDuration } from "./headers.ts";
import type { MediaCase } from "./media-case.ts";
import { ffmpeg, madeOf, video } from "./recipes.ts";

/** A screen that changes now and then: of 60 pictures a second most are left out. */
const nowAndThen = "select='not(mod(n,13))+not(mod(n,31))'";
/** Each picture as it comes. */
const all = "null";

/** Samples that last for so long together: the one that is decoded last gets what is missing. */
function lasting(seconds: number, units = 12_800): string[] {
  const missing = `max(1\\,${Math.round(seconds * units)}-DTS+STARTDTS)`;
  const duration = `if(eq(NEXT_DTS\\,NOPTS)\\,${missing}\\,DURATION)`;
  return [
    ...["-enc_time_base", `1/${units}`, "-video_track_timescale", String(units)],
    ...["-bsf:v", `setts=pts=PTS:dts=DTS:duration=${duration}`],
  ];
}

const timescale = (units: number) => ["-video_track_timescale", String(units)];
const reordered = ["-preset", "medium", "-bf", "3", "-b_strategy", "0"];
const x265 = (params: string) => ["-x265-params", `log-level=error:${params}`];
const silent = { audio: null } as const;

/** Whether the last frame is shown as long as in the source. */
export const durationCases: readonly MediaCase[] = [
  {
    file: "screen.mp4",
    what: "a screen recording whose last frame stands for 1.9 s",
    source: video({
      ...{ rate: 60, seconds: 7, filters: nowAndThen },
      options: ["-bf", "0", ...lasting(8.73, 90_000)],
    }),
    result: { codec: "hevc", frames: 45, audio: ["aac"], seconds: 8.73 },
  },
  {
    file: "screen.mov",
    what: "the same as H.265 with reordered frames at the end, by reordered H.264",
    source: madeOf(
      video({
        ...{ codec: "libx265", rate: 60, seconds: 7, filters: nowAndThen },
        options: [...x265("bframes=4:b-adapt=0"), ...lasting(8.73, 90_000)],
      }),
      (from, to) => presentFor(from, to, 8.73),
    ),
    settings: { preset: "fast" },
    result: { codec: "h264", frames: 45, audio: ["aac"], seconds: 8.73 },
  },
  {
    file: "film.mp4",
    what: "24000/1001 frames per second",
    source: ffmpeg(
      ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=24000/1001:d=1.0632", "-c:v", "libx264"],
      ...["-pix_fmt", "yuv420p", ...reordered, ...timescale(24_000)],
    ),
    result: { codec: "hevc", frames: 26, seconds: (26 * 1001) / 24_000 },
  },
  {
    file: "film.mov",
    what: "24000/1001 frames per second in H.265, counted in 600 units a second",
    source: ffmpeg(
      ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=24000/1001:d=2.41", "-c:v", "libx265"],
      ...["-preset", "ultrafast", ...x265("bframes=3"), "-pix_fmt", "yuv420p"],
      ...["-fps_mode", "passthrough", ...timescale(600), "-movie_timescale", "600"],
    ),
    settings: { preset: "fast" },
    result: { codec: "h264", frames: 58 },
  },
  {
    file: "reordered.mp4",
    what: "pauses between the last frames, which are reordered, longer than between the first ones",
    source: madeOf(
      video({
        ...{ ...silent, seconds: 1, filters: "setpts='(N+gte(N,20)*(N-19)*20)/25/TB'" },
        options: [...reordered, ...lasting(6)],
      }),
      (from, to) => presentFor(from, to, 6),
    ),
    result: { codec: "hevc", frames: 25, seconds: 6 },
  },
  {
    file: "reordered.mov",
    what: "pauses between the first frames, which are reordered, longer than between the last ones",
    source: madeOf(
      video({
        ...{ ...silent, codec: "libx265", filters: "setpts='(N+min(N,4)*25)/25/TB'" },
        options: [...x265("bframes=3:b-adapt=0"), ...timescale(12_800)],
      }),
      (from, to) => presentFor(from, to, 5.2),
    ),
    settings: { preset: "fast" },
    result: { codec: "h264", frames: 25, seconds: 5.2 },
  },
  {
    file: "cut-end.mp4",
    what: "an edit list that ends in the middle of a frame",
    source: madeOf(video({ options: ["-bf", "2"] }), (from, to) => presentFor(from, to, 0.73)),
    result: { codec: "hevc", frames: 19, audio: ["aac"], seconds: 0.73 },
  },
  {
    file: "held-end.mp4",
    what: "an edit list that ends two seconds after the last frame",
    source: madeOf(video({ options: reordered }), (from, to) => presentFor(from, to, 3)),
    result: { codec: "hevc", frames: 25, audio: ["aac"], seconds: 3 },
  },
  {
    file: "coarse.mp4",
    what: "a clock of 25 units a second, and an edit list that ends between two of them",
    source: madeOf(video({ ...silent, options: timescale(25) }), (from, to) =>
      presentFor(from, to, 0.97),
    ),
    result: { codec: "hevc", frames: 24, seconds: 0.97 },
  },
  {
    file: "fine.mp4",
    what: "a clock of ten million units a second, and a last frame that stands for six minutes",
    source: madeOf(
      video({ ...silent, filters: all, options: ["-bf", "0", ...timescale(10_000_000)] }),
      (from, to) => presentFor(from, to, 360),
    ),
    result: { codec: "hevc", frames: 25, seconds: 360 },
  },
  {
    file: "no-edits.mp4",
    what: "no edit list, and reordered frames",
    source: video({
      ...{ ...silent, filters: all },
      options: [...reordered, "-use_editlist", "0", ...lasting(2.5)],
    }),
    result: { codec: "hevc", frames: 25, seconds: 2.5 },
  },
  {
    file: "fragmented-end.mp4",
    what: "fragments, the last frame of the last one standing for 1.9 s",
    source: video({
      ...{ ...silent, filters: all },
      options: ["-bf", "2", "-movflags", "frag_keyframe", "-g", "10", ...lasting(2.86)],
    }),
    result: { codec: "hevc", frames: 25, seconds: 2.86 },
  },
  {
    file: "no-time.mp4",
    what: "a last frame that is said to last for no time",
    source: madeOf(
      video({
        ...silent,
        filters: all,
        options: ["-bf", "0", "-use_editlist", "0", ...lasting(2)],
      }),
      withoutLastDuration,
    ),
    result: { codec: "hevc", frames: 25, seconds: 0.96 },
  },
  {
    file: "still.mp4",
    what: "one frame that stands for three seconds",
    source: video({ ...silent, filters: all, options: ["-frames:v", "1", ...lasting(3)] }),
    result: { codec: "hevc", frames: 1, seconds: 3 },
  },
];
