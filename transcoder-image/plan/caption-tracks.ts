import { captionTrackCodec } from "../probe/caption-track.ts";
import type { Source, SubtitleTrack } from "../probe/media.ts";
import type { Container } from "./container.ts";

export interface CaptionTracksPlan {
  kept: SubtitleTrack[];
  /** `CaptionTrack.firstField` of each track that is kept; null when it is cut. */
  firstFields: (string | null)[];
  notes: string[];
}

/** The tag of a CTA-708 caption track. ffmpeg has no name for it. */
const dtvCaptions = "c708";

export function isCaptionTrack({ codec }: SubtitleTrack): boolean {
  return codec === captionTrackCodec || codec === dtvCaptions;
}

/**
 * Decides which closed caption tracks are kept. ffmpeg's muxer writes only the first field, and only to a .mov
 * (movenc.c). Pure.
 */
export function planCaptionTracks(
  { media, captionTracks }: Source,
  container: Container,
): CaptionTracksPlan {
  const plan: CaptionTracksPlan = { kept: [], firstFields: [], notes: [] };
  for (const track of media.subtitles.filter(isCaptionTrack)) {
    const found = captionTracks.find(({ index }) => index === track.index);
    if (container === "mp4") {
      plan.notes.push(dropped(track, "an .mp4 can't hold it, a .mov can"));
    } else if (found === undefined) {
      plan.notes.push(dropped(track, "ffmpeg can't copy it"));
    } else if (!found.isReadable) {
      plan.notes.push(dropped(track, "this ffmpeg can't read it"));
    } else {
      plan.kept.push(track);
      plan.firstFields.push(found.isCut ? null : found.firstField);
      if (found.isCut) plan.notes.push(cutNote);
      if (found.hasSecondField) plan.notes.push(secondFieldNote);
    }
  }
  return plan;
}

function dropped({ codec }: SubtitleTrack, why: string): string {
  return `A closed caption track (${codec}) was dropped: ${why}.`;
}

const cutNote =
  "Some captions of a closed caption track may be missing or shown too early: ffmpeg does not follow its whole edit list.";

const secondFieldNote =
  "The second field (CC3, CC4) of a closed caption track was dropped: ffmpeg can't write it.";
