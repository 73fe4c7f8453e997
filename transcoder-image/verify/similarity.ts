import { AttemptError } from "../attempt/attempt-error.ts";
import { reportingOptions } from "../ffmpeg/child-process.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import { rawInput, type SampleFiles } from "../samples/raw-pictures.ts";
import { framesOf } from "../samples/windows.ts";

/** Structural similarity of brightness and the two colours; 1 for the same picture. */
export interface Similarity {
  y: number;
  u: number;
  v: number;
}

export interface SimilarityRequest {
  samples: SampleFiles;
  stallSeconds: number;
  signal: AbortSignal;
}

/**
 * The lowest similarity of the windows, each the average of its frames; undefined when ffmpeg can't measure it. Throws
 * the errors of `runFfmpeg` that the files do not cause.
 */
export async function measureSimilarity({
  samples,
  stallSeconds,
  signal,
}: SimilarityRequest): Promise<Similarity | undefined> {
  const args = [
    reportingOptions("info"),
    [...rawInput(samples, samples.original), ...rawInput(samples, samples.processed)],
    ["-filter_complex", graphOf(samples)],
    samples.windows.flatMap((_, i) => ["-map", `[s${i}]`]),
    ["-f", "null", "-"],
  ].flat();
  const totalFrames = framesOf(samples.windows).length;
  try {
    const { diagnostics } = await runFfmpeg({ args, stallSeconds, totalFrames, signal });
    const measured = parseSimilarities(diagnostics.lines);
    return measured.length === 0 ? undefined : lowest(measured);
  } catch (error) {
    if (error instanceof AttemptError && error.code === "transcode_failed") return undefined;
    throw error;
  }
}

/** One `ssim` filter for each window, because a filter prints only its average. */
function graphOf({ windows }: SampleFiles): string {
  const split = (input: number, name: string) =>
    `[${input}:v]split=${windows.length}${windows.map((_, i) => `[${name}${i}]`).join("")}`;
  let from = 0;
  const each = windows.map(({ frames }, i) => {
    const trim = `trim=start_frame=${from}:end_frame=${from + frames}`;
    from += frames;
    return `[a${i}]${trim}[x${i}];[b${i}]${trim}[y${i}];[x${i}][y${i}]ssim[s${i}]`;
  });
  return [split(0, "a"), split(1, "b"), ...each].join(";");
}

/** The lowest value of each component. */
export function lowest(measured: readonly Similarity[]): Similarity {
  const least = (of: keyof Similarity) => Math.min(...measured.map((each) => each[of]));
  return { y: least("y"), u: least("u"), v: least("v") };
}

/** Reads lines such as `SSIM Y:0.986932 (18.83) U:0.984501 (18.09) V:0.986779 (18.78) All:0.986501 (18.69)`. */
export function parseSimilarities(lines: readonly string[]): Similarity[] {
  return lines.flatMap((line) => {
    const [, y, u, v] = / SSIM Y:([\d.-]+) .*U:([\d.-]+) .*V:([\d.-]+) /.exec(line) ?? [];
    return y === undefined ? [] : { y: Number(y), u: Number(u), v: Number(v) };
  });
}
