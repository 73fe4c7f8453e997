import type { Expected } from "../plan/plan.ts";
import type { Media } from "../probe/media.ts";
import { chooseVideo } from "../probe/refusals.ts";
import type { TimestampComparison } from "./compare-timestamps.ts";

export const maxTimestampErrorMs = 1;

export interface OutputFacts {
  media: Media;
  packets: number;
  decodedFrames: number;
}

/** What is wrong with the tracks and frames of an output, or null. Pure. */
export function judgeOutput(expected: Expected, facts: OutputFacts): string | null {
  const { media, packets, decodedFrames } = facts;
  const video = chooseVideo(media);
  if (video === undefined) return "The output has no video track.";
  const found = media.audio.map((track) => track.codec).join(", ");
  const wanted = expected.audio.map((track) => track.codec).join(", ");
  const checks: [ok: boolean, sentence: string][] = [
    [video.codec === expected.codec, `The output is ${video.codec}, not ${expected.codec}.`],
    [video.tag === expected.tag, `The output is tagged ${video.tag}, not ${expected.tag}.`],
    [
      video.width === expected.width && video.height === expected.height,
      `The output is ${video.width} x ${video.height}, not ${expected.width} x ${expected.height}.`,
    ],
    [
      video.rotation === expected.rotation,
      `The output is rotated by ${video.rotation} degrees, not ${expected.rotation}.`,
    ],
    [packets === expected.frames, framesDiffer("holds", packets, expected)],
    [decodedFrames === expected.frames, framesDiffer("decodes to", decodedFrames, expected)],
    [found === wanted, `The output's audio is ${found || "missing"}, not ${wanted || "absent"}.`],
    [media.subtitles.length === expected.subtitles, "The output lacks subtitles."],
    [media.covers.length === expected.covers, "The output lacks the cover picture."],
  ];
  return checks.find(([ok]) => !ok)?.[1] ?? null;
}

/** Whether every frame is shown when the source's is, or a sentence about it. Pure. */
export function judgeTimes({ maxErrorMs }: TimestampComparison): string | null {
  if (Number.isNaN(maxErrorMs)) {
    return "A frame has no time, so that the output can't be compared with the source.";
  }
  if (maxErrorMs <= maxTimestampErrorMs) return null;
  return `A frame of the output is shown ${maxErrorMs} ms away from the source's time.`;
}

function framesDiffer(verb: string, count: number, { frames }: Expected): string {
  return `The output ${verb} ${count} frames; the source has ${frames}.`;
}
