import type { Options } from "execa";
import { absoluteMaxPixels } from "@transpod/contract/media-limits.ts";

/** Input is only an MP4 or MOV on our own disk: no playlist, no script, no reference. */
export const inputGuards = [
  ["-protocol_whitelist", "file"],
  ["-format_whitelist", "mov"],
  ["-f", "mov"],
].flat();

/**
 * The absolute limit. A lower limit from the settings is checked before ffmpeg runs, with an error
 * sentence.
 */
export const pixelGuard = ["-max_pixels", String(absoluteMaxPixels)];

/**
 * What every ffmpeg that `runFfmpeg` runs begins with: no questions, messages of this level, and its progress, line by
 * line.
 */
export function reportingOptions(level: "info" | "warning" | "error"): string[] {
  return [
    ["-nostdin", "-hide_banner", "-y", "-loglevel", `level+${level}`],
    ["-nostats", "-progress", "pipe:1", "-stats_period", "1"],
  ].flat();
}

/**
 * How every ffmpeg and ffprobe is started. It does not get our token. It is ended by SIGKILL at once:
 * its output after a SIGTERM would be discarded anyway, and x265 takes up to half a minute to write it.
 */
export const childOptions = {
  stdin: "ignore",
  env: { WORK_TOKEN: undefined, WORK_TOKEN_FILE: undefined, AV_LOG_FORCE_NOCOLOR: "1" },
  killSignal: "SIGKILL",
  reject: false,
} as const satisfies Options;
