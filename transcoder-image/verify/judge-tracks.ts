import type { Expected } from "../plan/plan.ts";
import { isLocationTag } from "../plan/extras.ts";
import type { Colour, Media, VideoTrack } from "../probe/media.ts";

/** People notice from 45 ms on (ITU-R BT.1359). */
export const maxAudioOffsetErrorMs = 40;

/** What is wrong with the picture's description and the tracks beside it, or null. Pure. */
export function judgeTracks(expected: Expected, media: Media, video: VideoTrack): string | null {
  const found = media.audio.map((track) => track.codec).join(", ");
  const wanted = expected.audio.map((track) => track.codec).join(", ");
  const offset = audioOffsetErrorMs(expected, media, video);
  const colours = colourDifference(expected.colour, video.colour);
  const checks: [ok: boolean, sentence: string][] = [
    [found === wanted, `The output's audio is ${found || "missing"}, not ${wanted || "absent"}.`],
    [media.subtitles.length === expected.subtitles, "The output lacks subtitles."],
    [media.covers.length === expected.covers, "The output lacks the cover picture."],
    [media.chapterCount === expected.chapters, "The output's chapters differ from the source's."],
    [
      hasShape(expected, video),
      `The output's pixel aspect ratio is ${video.sampleAspectRatio}, not ${expected.sampleAspectRatio}.`,
    ],
    [
      !expected.hidesLocation || !media.tagNames.some(isLocationTag),
      "The output still contains the recording location.",
    ],
    [colours === null, `The output's colours are tagged as ${colours}.`],
    [
      offset <= maxAudioOffsetErrorMs,
      `The output's sound is shifted by ${offset} ms against the picture.`,
    ],
  ];
  return checks.find(([ok]) => !ok)?.[1] ?? null;
}

/** The largest shift of a sound track against the picture, in milliseconds. Pure. */
export function audioOffsetErrorMs(expected: Expected, media: Media, video: VideoTrack): number {
  const errors = media.audio.map((track, i) => {
    const offset = track.startSeconds - video.startSeconds;
    return Math.abs(offset - (expected.audio[i]?.offsetSeconds ?? offset));
  });
  return Math.round(Math.max(0, ...errors) * 1e6) / 1000;
}

/** Encoders shorten ratios, so that 160:110 is as good as 16:11. */
function hasShape({ sampleAspectRatio }: Expected, video: VideoTrack): boolean {
  const [wanted, found] = [ratio(sampleAspectRatio), ratio(video.sampleAspectRatio)];
  return Math.abs(found / wanted - 1) < 0.001;
}

/** Without a ratio pixels are square. */
function ratio(text: string | null): number {
  const [width = 1, height = 1] = (text ?? "1:1").split(":").map(Number);
  return width / height;
}

function colourDifference(expected: Colour, found: Colour): string | null {
  const names = ["primaries", "transfer", "space", "range"] as const;
  const wrong = names.filter(
    (name) => expected[name] !== null && colourValue(name, found) !== expected[name],
  );
  if (wrong.length === 0) return null;
  return wrong
    .map((name) => `${colourValue(name, found) ?? "unknown"}, not ${expected[name]}`)
    .join("; ");
}

/** Without a tag the range is limited (ITU-T H.264 and H.265, E.2.1). */
function colourValue(name: keyof Colour, colour: Colour): string | null {
  return name === "range" ? (colour.range ?? "tv") : colour[name];
}
