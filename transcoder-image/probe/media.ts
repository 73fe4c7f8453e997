import type { Hdr10 } from "@transpod/contract/work-protocol.ts";

/** The contents of a file. */
export interface Media {
  video: VideoTrack[];
  audio: AudioTrack[];
  subtitles: SubtitleTrack[];
  covers: OtherTrack[];
  /** Timecodes, phone metadata and the like. */
  data: OtherTrack[];
  chapterCount: number;
  /** Of the first frame. */
  timecode: string | null;
  /** The keys of the file's own tags. */
  tagNames: string[];
  encrypted: boolean;
  /** The start of the first track to start; seek positions are relative to it. */
  startSeconds: number;
  /** From the header; 0 when it has none. */
  durationSeconds: number;
  sizeBytes: number;
}

export interface OtherTrack {
  /** ffmpeg's stream index. */
  index: number;
  /** ffmpeg's name of the codec, or the track's four letters, or "unknown". */
  codec: string;
}

export interface SubtitleTrack extends OtherTrack {
  /** As the header says; null in fragmented files. */
  claimedPackets: number | null;
  startSeconds: number;
}

/** Closed captions (CEA-608) in a track of their own, as this ffmpeg reads them. */
export interface CaptionTrack {
  /** ffmpeg's stream index. */
  index: number;
  /** SHA-256 of the captions of the picture's first field (CC1, CC2) that are shown. */
  firstField: string;
  /** Whether there are such of the second field (CC3, CC4) too. */
  hasSecondField: boolean;
  isReadable: boolean;
  /** Whether an edit list cuts it in a way that ffmpeg does not follow. */
  isCut: boolean;
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
  /** Degrees, counter-clockwise, as ffprobe prints it; 0 for upright. */
  rotation: number;
  /** The upper left of the display matrix, [a, b, c, d] of ISO/IEC 14496-12 (8.3.2.3): x' = ax + cy, y' = bx + dy. */
  displayMatrix: readonly [number, number, number, number];
  /** Frames per second on average; 0 when unknown. */
  frameRate: number;
  timeBase: string;
  startSeconds: number;
  /** As ffprobe says; 0 when unknown. `Source.presentedSeconds` is what counts. */
  durationSeconds: number;
  interlaced: boolean;
  colour: Colour;
  dolbyVision: boolean;
  /** From the header; null in fragmented files. */
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

/** A file after all its frames were read: the input of a plan. */
export interface Source {
  media: Media;
  video: VideoTrack;
  /** Presentation times of the video's frames in seconds, ascending. */
  timestamps: readonly number[];
  /** The presented duration of the video, from its first frame to the end of its last one. */
  presentedSeconds: number;
  /** Frames that an edit list hides: in the file, but never shown. */
  hiddenFrames: number;
  hdr10: Hdr10 | null;
  /** The captions inside each picture, in Base64, as `timestamps` are in order; null where there are none. */
  captions: readonly string[] | null;
  captionTracks: readonly CaptionTrack[];
}

export function isHdr({ transfer }: Colour): boolean {
  return transfer === "smpte2084" || transfer === "arib-std-b67";
}
