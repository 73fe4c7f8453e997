import { execa } from "execa";
import type { FailureCode } from "@transpod/contract/failures.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { childOptions } from "./child-process.ts";
import { causeOfFailure } from "./cause-of-failure.ts";
import { Diagnostics } from "./diagnostics.ts";
import { stallTimeout } from "./stall-timeout.ts";
import { ProgressParser, type FfmpegProgress } from "./progress.ts";
import { Watchdog } from "../watchdog.ts";

export interface FfmpegRun {
  args: readonly string[];
  /**
   * Fails as `stalled` after this time without progress; longer before the first frame and after the
   * last.
   */
  stallSeconds: number;
  totalFrames: number;
  onProgress?: (progress: FfmpegProgress) => void;
  signal: AbortSignal;
}

export interface FfmpegResult {
  /** The last count of video frames. */
  frames: number;
  diagnostics: Diagnostics;
}

/**
 * Runs ffmpeg to its end; `args` must begin with `reportingOptions`. Throws AttemptError `stalled`,
 * `disk_full`, `out_of_memory`, `damaged`, `unsupported_codec` or `transcode_failed`, or the signal's
 * reason after the process has ended.
 */
export async function runFfmpeg(run: FfmpegRun): Promise<FfmpegResult> {
  const { args, stallSeconds, totalFrames, onProgress, signal } = run;
  const diagnostics = new Diagnostics();
  const failure = (code: FailureCode, sentence: string) =>
    new AttemptError(code, sentence, { ffmpegLines: diagnostics.lines });
  let limit = stallTimeout(0, totalFrames, stallSeconds);
  const watchdog = new Watchdog(limit * 1000, () =>
    failure("stalled", `ffmpeg made no progress for ${limit} seconds.`),
  );
  const cancelSignal = AbortSignal.any([signal, watchdog.signal]);
  const parser = new ProgressParser();
  let last: FfmpegProgress | undefined;

  const seeProgress = (line: string) => {
    const progress = parser.push(line);
    if (progress === undefined) return;
    if (hasMoved(last, progress)) {
      limit = stallTimeout(progress.frame, totalFrames, stallSeconds);
      watchdog.touch(limit * 1000);
    }
    last = progress;
    onProgress?.(progress);
  };

  try {
    const child = execa("ffmpeg", args, { ...childOptions, cancelSignal, buffer: false });
    const [result] = await Promise.all([
      child,
      eachLine(child.iterable({ from: "stdout" }), seeProgress),
      eachLine(child.iterable({ from: "stderr" }), (line) => diagnostics.push(line)),
    ]);
    cancelSignal.throwIfAborted();
    if (result.failed) {
      const { exitCode, signal: killedBy } = result;
      const cause = causeOfFailure({ exitCode, signal: killedBy, lines: diagnostics.lines });
      throw failure(cause.code, cause.sentence);
    }
    return { frames: last?.frame ?? 0, diagnostics };
  } finally {
    watchdog.stop();
  }
}

function hasMoved(before: FfmpegProgress | undefined, now: FfmpegProgress): boolean {
  return (
    before === undefined ||
    before.frame !== now.frame ||
    before.out_time_seconds !== now.out_time_seconds ||
    before.total_size_bytes !== now.total_size_bytes
  );
}

async function eachLine(lines: AsyncIterable<string>, see: (line: string) => void): Promise<void> {
  for await (const line of lines) see(line);
}
