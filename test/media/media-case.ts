import type { FailureCode } from "@transpod/contract/failures.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Codec } from "@transpod/contract/work-protocol.ts";
import type { RealFile } from "./real-files.ts";

/** What a recipe may use beside the path that it must fill. */
export interface Scene {
  /** A path for something it makes on the way, or lays beside its file. */
  beside: (name: string) => string;
  /** An HTTP server that must never be asked for anything. */
  canaryUrl: string;
}

export type Recipe = (path: string, scene: Scene) => Promise<unknown>;

/**
 * What the result holds. Beside this, in every result: each frame at its time, the target's codec
 * tag, rotation, shape of pixels, chapters, languages, title and creation time as in the source.
 */
export interface Kept {
  codec: Codec;
  frames: number;
  /** Width x height; the source's unless said. */
  size?: string;
  pixelFormat?: string;
  /** `primaries/transfer/matrix/range` in ffmpeg's words; the source's unless said. */
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
  /** Everything that people are told, but for how large the result is. */
  notes?: string[];
}

export interface Refused {
  refused: FailureCode;
  sentence: string;
}

export interface MediaCase {
  /** What the client calls it; the extension is the container that it gets. */
  file: string;
  what: string;
  source: RealFile | Recipe;
  /** What the client chose beside a fast encode. */
  settings?: Partial<TranscodeSettings>;
  result: Kept | Refused;
}

export function isRefused(result: Kept | Refused): result is Refused {
  return "refused" in result;
}
