import type { FailureCode } from "@transpod/contract/failures.ts";
import { rewordError } from "./reword-error.ts";

export interface Cause {
  code: FailureCode;
  sentence: string;
}

export interface FfmpegEnd {
  exitCode: number | undefined;
  signal: string | undefined;
  /** The last lines of stderr. */
  lines: readonly string[];
}

/** ffmpeg gave up because more than two thirds of what it decoded were errors (`-max_error_rate`). */
const errorRateExceeded = 69;

/** ffmpeg's messages when nothing of a track could be decoded. */
const decodedNothing =
  /Cannot determine format of input .*after EOF|Could not open encoder before EOF/;

const openingFailed = /Error while opening encoder|Could not write header/;

/**
 * Why ffmpeg failed. Pure. The code is final when the same file would fail again. A SIGKILL that was
 * not ours is the kernel's: out of memory.
 */
export function causeOfFailure({ exitCode, signal, lines }: FfmpegEnd): Cause {
  const output = lines.join("\n");
  if (/No space left on device/i.test(output)) {
    return { code: "disk_full", sentence: "The disk of the worker is full." };
  }
  if (signal === "SIGKILL" || /Cannot allocate memory|malloc of size/i.test(output)) {
    return { code: "out_of_memory", sentence: "ffmpeg ran out of memory." };
  }
  if (exitCode === errorRateExceeded || decodedNothing.test(output)) {
    const sentence = "The file is damaged: most of its video can't be decoded.";
    return { code: "damaged", sentence };
  }
  if (openingFailed.test(output)) {
    const sentence = `The file can't be converted: ${reasonBefore(lines)}`;
    return { code: "unsupported_codec", sentence };
  }
  const how = signal === undefined ? `exit code ${exitCode}` : signal;
  const lastLines = lines.slice(-5).map(rewordError).join(" | ");
  return { code: "transcode_failed", sentence: `ffmpeg ended with ${how}. ${lastLines}`.trim() };
}

/** The encoder's or muxer's own message has the reason; ffmpeg's message after it is a guess. */
function reasonBefore(lines: readonly string[]): string {
  const end = lines.findIndex((line) => openingFailed.test(line));
  const own = lines.slice(0, end).findLast((line) => /\[(?:error|fatal)\]/.test(line));
  return rewordError(own ?? lines[end] ?? "ffmpeg gave no reason.");
}
