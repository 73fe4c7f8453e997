import type { Options } from "execa";
import { absoluteMaxPixels } from "@transpod/contract/media-limits.ts";

/** No file is anything but an MP4 or MOV on our own disk: no playlist, no script, no reference. */
export const inputGuards = [
  ["-protocol_whitelist", "file"],
  ["-format_whitelist", "mov"],
  ["-f", "mov"],
].flat();

/** Whatever fewer a setting allows: that is refused with a sentence, before ffmpeg is asked. */
export const pixelGuard = ["-max_pixels", String(absoluteMaxPixels)];

/**
 * How every ffmpeg and ffprobe is started. It does not learn our token. It is ended by SIGKILL at
 * once: what it would write after a SIGTERM is thrown away anyway, and x265 takes up to half a
 * minute to write it.
 */
export const childOptions = {
  stdin: "ignore",
  env: { WORK_TOKEN: undefined, WORK_TOKEN_FILE: undefined, AV_LOG_FORCE_NOCOLOR: "1" },
  killSignal: "SIGKILL",
  reject: false,
} as const satisfies Options;
