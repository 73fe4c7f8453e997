import { execa } from "execa";
import { AttemptError } from "../attempt/attempt-error.ts";
import { answerTimeoutMs, childFault } from "./child-fault.ts";
import { childOptions } from "./child-process.ts";

/** The properties of the installed ffmpeg that a plan depends on. */
export interface FfmpegFacts {
  major: number;
  minor: number;
  /** Tone mapping needs the filter zscale. */
  hasZscale: boolean;
}

/**
 * Throws AttemptError `internal_error` when ffmpeg is missing or too old, `stalled` or `out_of_memory`
 * when it gives no answer.
 */
export async function readFfmpegFacts(signal: AbortSignal): Promise<FfmpegFacts> {
  const options = { ...childOptions, cancelSignal: signal, timeout: answerTimeoutMs };
  // With a list goes a banner, on stderr, that begins with the version.
  const result = await execa("ffmpeg", ["-filters"], options);
  signal.throwIfAborted();
  const fault = childFault("ffmpeg", result);
  if (fault !== null) throw fault;
  if (result.failed) {
    throw new AttemptError("internal_error", "The worker can't run ffmpeg: is it installed?");
  }
  const { major, minor } = parseVersion(result.stderr);
  return { major, minor, hasZscale: /^\s*\S+\s+zscale\s/m.test(result.stdout) };
}

/**
 * Reads the first line of ffmpeg's banner. `-fps_mode`, which keeps every timestamp, came with
 * 5.1: an older version, or one without a version number, is refused.
 */
export function parseVersion(text: string): { major: number; minor: number } {
  const [, major, minor] = /^ffmpeg version n?(\d+)\.(\d+)/.exec(text) ?? [];
  if (major === undefined || minor === undefined) {
    throw new AttemptError(
      "internal_error",
      `Transpod needs ffmpeg 5.1 or newer; this one does not say its version: ${text.split("\n")[0]}`,
    );
  }
  const version = { major: Number(major), minor: Number(minor) };
  if (!isAtLeast(version, 5, 1)) {
    throw new AttemptError(
      "internal_error",
      `Transpod needs ffmpeg 5.1 or newer; this is ${major}.${minor}.`,
    );
  }
  return version;
}

export function isAtLeast(
  version: { major: number; minor: number },
  major: number,
  minor: number,
): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
