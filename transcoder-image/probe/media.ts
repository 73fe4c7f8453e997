import type { Hdr10 } from "@transpod/contract/work-protocol.ts";

/** What a file holds, in our words. */
export interface Media {
  video: VideoTrack[];
  audio: AudioTrack[];
  subtitles: OtherTrack[];
  covers: OtherTrack[];
  /** Timecodes, phone metadata and the like. */
  data: OtherTrack[];
  chapterCount: number;
  /** Of the first frame. */
  timecode: string | null;
  /** The keys of the file's own tags. */
  tagNames: string[];
  encrypted: boolean;
  /** When the first of its tracks starts, which is where seeking counts from. */
  startSeconds: number;
  /** As the header says; 0 when it does not. */
  durationSeconds: number;
  sizeBytes: number;
}

export interface OtherTrack {
  /** ffmpeg's stream index. */
  index: number;
  /** ffmpeg's name of the codec, or the track's four letters, or "unknown". */
  codec: string;
}

export interface AudioTrack extends OtherTrack {
  channels: number;
  startSeconds: number;
}

export interface VideoTrack extends OtherTrack {
  /** As the container has it; 0 when unknown. */
  trackId: number;
  profile: string | null;
  tag: string;
  pixelFormat: string;
  width: number;
  height: number;
  /** `num:den`, null where the file does not say. */
  sampleAspectRatio: string | null;
  /** Degrees, counter-clockwise, as ffprobe says it; 0 for upright. */
  rotation: number;
  /** Frames per second on average; 0 when unknown. */
  frameRate: number;
  timeBase: string;
  startSeconds: number;
  /** As ffprobe says; 0 when unknown. `Source.presentedSeconds` is what counts. */
  durationSeconds: number;
  interlaced: boolean;
  colour: Colour;
  dolbyVision: boolean;
  /** As the header says; null in fragmented files. */
  claimedFrames: number | null;
  isDefault: boolean;
}

/** ffmpeg's names, null where the file does not say. */
export interface Colour {
  primaries: string | null;
  transfer: string | null;
  space: string | null;
  range: string | null;
}

/** A file whose every frame was looked at: what a plan is made of. */
export interface Source {
  media: Media;
  video: VideoTrack;
  /** Presentation times of the video's frames in seconds, ascending. */
  timestamps: readonly number[];
  /** For how long the video is presented, from its first frame to the end of its last one. */
  presentedSeconds: number;
  /** Frames that an edit list cuts off: there, but never shown. */
  hiddenFrames: number;
  hdr10: Hdr10 | null;
}

export function isHdr({ transfer }: Colour): boolean {
  return transfer === "smpte2084" || transfer === "arib-std-b67";
}
