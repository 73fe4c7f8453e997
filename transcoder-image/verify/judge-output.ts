import type { Verification } from "@transpod/contract/work-protocol.ts";
import type { Expected } from "../plan/plan.ts";
import type { Media } from "../probe/media.ts";
import { chooseVideo } from "../probe/refusals.ts";
import { judgeTracks } from "./judge-tracks.ts";
import type { Similarity } from "./similarity.ts";

/** Of a frame's start, and of the end of the last one. */
export const maxTimeErrorMs = 1;

/**
 * Below this the output shows something else. Correct encodes of grain, which the encoder smooths, were
 * measured down to 0.88 and 0.73; a shifted, mirrored or different picture of such a video is below
 * 0.3.
 */
export const minSimilarity: Similarity = { y: 0.6, u: 0.4, v: 0.4 };

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
    [packets === expected.frames, framesDiffer("contains", packets, expected)],
    [decodedFrames === expected.frames, framesDiffer("decodes to", decodedFrames, expected)],
  ];
  return checks.find(([ok]) => !ok)?.[1] ?? judgeTracks(expected, media, video);
}

/**
 * Whether every frame is shown when the source's is, and the video is as long as the source, or a sentence about it.
 * Pure.
 */
export function judgeTimes(
  times: Pick<Verification, "max_timestamp_error_ms" | "duration_difference_ms">,
): string | null {
  const { max_timestamp_error_ms: frames, duration_difference_ms: duration } = times;
  if (Number.isNaN(frames)) {
    return "A frame has no time, so the output can't be compared with the source.";
  }
  if (frames > maxTimeErrorMs) {
    return `A frame of the output is shown ${frames} ms earlier or later than in the source.`;
  }
  if (duration <= maxTimeErrorMs) return null;
  return Number.isNaN(duration)
    ? "The duration of the output's video can't be read."
    : `The output's video is ${duration} ms longer or shorter than the source's.`;
}

/** Whether the output shows what the source shows, or a sentence about it. Pure. */
export function judgeSimilarity({ y, u, v }: Similarity): string | null {
  const isAlike = y >= minSimilarity.y && u >= minSimilarity.u && v >= minSimilarity.v;
  if (isAlike) return null;
  return `The output does not look like the source (SSIM ${y} in brightness, ${u} and ${v} in colour).`;
}

function framesDiffer(verb: string, count: number, { frames }: Expected): string {
  return `The output ${verb} ${count} frames; the source has ${frames}.`;
}
