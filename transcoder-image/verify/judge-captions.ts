import type { Expected } from "../plan/plan.ts";
import type { Source } from "../probe/media.ts";

/** Whether the output's pictures have the captions that are given, or a sentence about it. Pure. */
export function judgeCaptions(
  { captions: areKept }: Pick<Expected, "captions">,
  source: Source["captions"],
  output: Source["captions"],
): string | null {
  if (!areKept || source === null) return null;
  const wrong = source.filter((each, i) => each !== (output?.[i] ?? "")).length;
  if (wrong === 0) return null;
  return `The output's closed captions are not the source's in ${wrong} of ${source.length} frames.`;
}

/** Of tracks, which are copied by ffmpeg as it can, and so no reason to refuse the video. Pure. */
export function captionTracksNotes(
  { captionTracks: wanted }: Pick<Expected, "captionTracks">,
  { captionTracks }: Pick<Source, "captionTracks">,
): string[] {
  const isWhole = wanted.every(
    (firstField, i) => firstField === null || captionTracks[i]?.firstField === firstField,
  );
  return isWhole
    ? []
    : ["A part of a closed caption track was lost: ffmpeg did not copy all of it."];
}
