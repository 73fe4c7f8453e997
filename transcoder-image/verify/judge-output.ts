import type { Verification } from "@transpod/contract/work-protocol.ts";
import type { Expected } from "../plan/plan.ts";
import type { Media } from "../probe/media.ts";
import { chooseVideo } from "../probe/refusals.ts";
import { judgeTracks } from "./judge-tracks.ts";
import type { Similarity } from "./similarity.ts";

/** Of a frame's start, and of the end of the last one. */
export const mostTimeErrorMs = 1;

/**
 * Below this the output shows something else. Honest encodes of grain that the encoder smooths were
 * measured down to 0.88 and 0.73; a picture that is shifted, mirrored or another one in such a video
 * is below 0.3.
 */
export const leastSimilarity: Similarity = { y: 0.6, u: 0.4, v: 0.4 };

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
    [packets === expected.frames, framesDiffer("holds", packets, expected)],
    [decodedFrames === expected.frames, framesDiffer("decodes to", decodedFrames, expected)],
  ];
  return checks.find(([ok]) => !ok)?.[1] ?? judgeTracks(expected, media, video);
}

/** Whether every frame is shown when the source's is, and the last one as long, or a sentence about it. Pure. */
export function judgeTimes(
  times: Pick<Verification, "max_timestamp_error_ms" | "duration_difference_ms">,
): string | null {
  const { max_timestamp_error_ms: frames, duration_difference_ms: duration } = times;
  if (Number.isNaN(frames)) {
    return "A frame has no time, so that the output can't be compared with the source.";
  }
  if (frames > mostTimeErrorMs) {
    return `A frame of the output is shown ${frames} ms away from the source's time.`;
  }
  if (duration <= mostTimeErrorMs) return null;
  return Number.isNaN(duration)
    ? "How long the output is shown can't be read."
    : `The output is shown ${duration} ms longer or shorter than the source.`;
}

/** Whether the output shows what the source shows, or a sentence about it. Pure. */
export function judgeSimilarity({ y, u, v }: Similarity): string | null {
  const isAlike = y >= leastSimilarity.y && u >= leastSimilarity.u && v >= leastSimilarity.v;
  if (isAlike) return null;
  return `The output does not look like the source (SSIM ${y} in brightness, ${u} and ${v} in colour).`;
}

function framesDiffer(verb: string, count: number, { frames }: Expected): string {
  return `The output ${verb} ${count} frames; the source has ${frames}.`;
}
