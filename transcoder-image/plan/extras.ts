import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { OtherTrack, Source } from "../probe/media.ts";
import { isCaptionTrack, planCaptionTracks } from "./caption-tracks.ts";
import type { Container } from "./container.ts";

export interface ExtrasPlan {
  maps: string[];
  args: string[];
  movflags: string[];
  subtitles: number;
  /** `CaptionTracksPlan.firstFields`. */
  captionTracks: (string | null)[];
  covers: number;
  notes: string[];
}

const subtitlesOf: Readonly<Record<Container, ReadonlySet<string>>> = {
  mp4: new Set(["mov_text"]),
  mov: new Set(["mov_text"]),
};

/**
 * Everything except picture and sound: subtitles, cover art, chapters, tags; and notes about what is
 * lost.
 */
export function planExtras(
  source: Source,
  container: Container,
  { location }: Pick<TranscodeSettings, "location">,
): ExtrasPlan {
  const { media, video } = source;
  const captions = planCaptionTracks(source, container);
  const subtitles = media.subtitles.filter(
    (track) => subtitlesOf[container].has(track.codec) || captions.kept.includes(track),
  );
  // The mov muxer drops a cover without any message.
  const covers = container === "mp4" ? media.covers : [];
  const kept = new Set([...subtitles, ...covers].map((track) => track.index));
  const hasTags = hasPhoneTags(media.tagNames);
  const places = location === "remove" ? media.tagNames.filter(isLocationTag) : [];
  const isDropped = (track: OtherTrack) => !kept.has(track.index);
  return {
    maps: [...subtitles, ...covers].flatMap((track) => ["-map", `0:${track.index}`]),
    args: [
      ...subtitles.flatMap((_, i) => [`-c:s:${i}`, "copy"]),
      ...covers.flatMap((_, i) => copyCover(i + 1)),
      ...tagArgs,
      ...places.flatMap((name) => ["-metadata", `${name}=`]),
    ],
    // A phone's own tags are kept only with this flag, but with it the cover is lost.
    movflags: hasTags && covers.length === 0 ? ["use_metadata_tags"] : [],
    subtitles: subtitles.length,
    captionTracks: captions.firstFields,
    covers: covers.length,
    notes: [
      ...droppedNote(
        "Other video tracks were dropped",
        media.video.filter((t) => t !== video),
      ),
      ...droppedNote(
        "Subtitles were dropped",
        media.subtitles.filter((track) => isDropped(track) && !isCaptionTrack(track)),
      ),
      ...captions.notes,
      ...droppedNote("The cover picture was dropped", media.covers.filter(isDropped)),
      ...droppedNote("Data tracks were dropped", media.data),
      ...(places.length > 0 ? ["The recording location was removed, as requested."] : []),
      ...(hasTags && covers.length > 0
        ? ["The phone's own tags were dropped: the file can't hold both them and a cover picture."]
        : []),
    ],
  };
}

/** The brands of the source's container are not valid for the output. */
const tagArgs = [
  ["-map_metadata", "0", "-map_chapters", "0"],
  ["-metadata", "major_brand=", "-metadata", "minor_version="],
  ["-metadata", "compatible_brands="],
].flat();

/** Position 0 among the video tracks of the output is the picture itself. */
function copyCover(position: number): string[] {
  return [`-c:v:${position}`, "copy", `-disposition:v:${position}`, "attached_pic"];
}

/** Vendors name their tags after their domain: `com.apple.quicktime.make`, `com.android.version`. */
function hasPhoneTags(names: readonly string[]): boolean {
  return names.some((name) => name.startsWith("com."));
}

/**
 * `location`, `location-eng`, `com.apple.quicktime.location.ISO6709` and its kin. Any other location
 * data is in data tracks, which are never kept.
 */
export function isLocationTag(tagName: string): boolean {
  return /location|gps|geo|xyz/i.test(tagName);
}

function droppedNote(what: string, tracks: readonly OtherTrack[]): string[] {
  if (tracks.length === 0) return [];
  return [`${what}: ${tracks.map((track) => track.codec).join(", ")}.`];
}
