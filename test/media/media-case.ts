import type { FailureCode } from "@transpod/contract/failures.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Codec } from "@transpod/contract/work-protocol.ts";
import type { RealFile } from "./real-files.ts";

/** What a recipe may use besides the path that it must write. */
export interface RecipeContext {
  /** A path for an intermediate file, or for a file beside its own. */
  beside: (name: string) => string;
  /** An HTTP server that must never be asked for anything. */
  canaryUrl: string;
}

export type Recipe = (path: string, scene: RecipeContext) => Promise<unknown>;

/**
 * The expected contents of the result. Besides, every result has each frame at its time, the target's
 * codec tag, and rotation, pixel aspect ratio, chapters, languages, title and creation time as in the
 * source.
 */
export interface Converted {
  codec: Codec;
  frames: number;
  /** The duration of the presented video; given where ffprobe can't read it from the source. */
  seconds?: number;
  /** Width x height; by default the source's. */
  size?: string;
  pixelFormat?: string;
  /** `primaries/transfer/matrix/range` in ffmpeg's names; by default the source's. */
  colour?: string;
  /** Codecs, in order. */
  audio?: string[];
  subtitles?: string[];
  covers?: string[];
  /** Pictures with closed captions inside, each of which has the source's. */
  captions?: number;
  /** Further tags of the file, beside its title and its creation time. */
  tags?: Record<string, string>;
  /** Tags that must be gone. */
  removed?: string[];
  /** All notes, except the one about the result's size. */
  notes?: string[];
}

export interface Refused {
  refused: FailureCode;
  sentence: string;
}

export interface MediaCase {
  /** The client's file name; its extension is the container. */
  file: string;
  what: string;
  source: RealFile | Recipe;
  /** Only the start of a real file, copied without encoding, where the whole file takes long to encode. */
  seconds?: number;
  /** The client's settings besides a fast preset. */
  settings?: Partial<TranscodeSettings>;
  result: Converted | Refused;
}

export function isRefused(result: Converted | Refused): result is Refused {
  return "refused" in result;
}
