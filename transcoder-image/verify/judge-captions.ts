import type { Expected } from "../plan/plan.ts";
import type { Source } from "../probe/media.ts";

/** Null when the output's frames have the expected captions, else a sentence. Pure. */
export function judgeCaptions(
  { captions: areKept }: Pick<Expected, "captions">,
  source: Source["captions"],
  output: Source["captions"],
): string | null {
  if (!areKept || source === null) return null;
  const wrong = source.filter((each, i) => each !== (output?.[i] ?? "")).length;
  if (wrong === 0) return null;
  return `The closed captions of ${wrong} of ${source.length} frames differ from the source.`;
}

/** Notes about caption tracks. A loss does not fail the video, since it depends on ffmpeg's copy alone. Pure. */
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
