import { captionTrackCodec } from "../probe/caption-track.ts";
import type { Source, SubtitleTrack } from "../probe/media.ts";
import type { Container } from "./container.ts";

export interface CaptionTracksPlan {
  kept: SubtitleTrack[];
  /** Of each that is kept, `CaptionTrack.firstField`; null where it is cut. */
  firstFields: (string | null)[];
  notes: string[];
}

/** ffmpeg has no name for CTA-708 captions in a track of their own. */
const dtvCaptions = "c708";

export function isCaptionTrack({ codec }: SubtitleTrack): boolean {
  return codec === captionTrackCodec || codec === dtvCaptions;
}

/**
 * What becomes of closed captions in tracks of their own. ffmpeg's muxer writes those of the first field
 * alone, in a .mov alone (movenc.c). Pure.
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
