import { AttemptError } from "../attempt/attempt-error.ts";
import { inputGuards } from "../ffmpeg/child-process.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import type { Comparison } from "../plan/video.ts";
import { chooseWindows, type ComparedPart, type Times, type Window } from "./windows.ts";

/** Structural similarity of brightness and the two colours; 1 for the same picture. */
export interface Similarity {
  y: number;
  u: number;
  v: number;
}

interface File extends Times {
  path: string;
  /** ffmpeg's index of the video track. */
  index: number;
}

export interface SimilarityRequest {
  source: File;
  output: File;
  comparison: Comparison;
  part: ComparedPart;
  cpus: number;
  stallSeconds: number;
  signal: AbortSignal;
}

/**
 * The lowest similarity of some windows; undefined when ffmpeg can't measure it. Throws the errors of
 * `runFfmpeg` that neither file causes.
 */
export async function measureSimilarity(
  request: SimilarityRequest,
): Promise<Similarity | undefined> {
  const measured: Similarity[] = [];
  for (const window of chooseWindows(request.source, request.output, request.part)) {
    const one = await measureWindow(request, window);
    if (one !== undefined) measured.push(one);
  }
  return measured.length === 0 ? undefined : lowest(measured);
}

/** The lowest value of each component. */
export function lowest(measured: readonly Similarity[]): Similarity {
  const least = (of: keyof Similarity) => Math.min(...measured.map((each) => each[of]));
  return { y: least("y"), u: least("u"), v: least("v") };
}

async function measureWindow(request: SimilarityRequest, window: Window) {
  const { source, output, comparison, cpus, stallSeconds, signal } = request;
  const format = `format=${comparison.pixelFormat}`;
  const totalFrames = window.frames;
  // Times were compared before; here frames are compared by their position.
  const sameClock = `trim=end_frame=${totalFrames},settb=1/25,setpts=N`;
  const graph = [
    `[0:${source.index}]${[...comparison.filters, format, sameClock].join(",")}[a]`,
    `[1:${output.index}]${[format, sameClock].join(",")}[b]`,
    "[a][b]ssim",
  ].join(";");
  const args = [
    ["-nostdin", "-hide_banner", "-loglevel", "level+info"],
    ["-nostats", "-progress", "pipe:1", "-stats_period", "1"],
    inputOf(source.path, window.sourceSeek, cpus),
    inputOf(output.path, window.outputSeek, cpus),
    // Without -frames, ffmpeg would decode both files to their ends despite trim.
    ["-lavfi", graph, "-frames:v", String(totalFrames), "-f", "null", "-"],
  ].flat();
  try {
    const { diagnostics } = await runFfmpeg({ args, stallSeconds, totalFrames, signal });
    return parseSimilarity(diagnostics.lines);
  } catch (error) {
    if (error instanceof AttemptError && inputFaults.has(error.code)) return undefined;
    throw error;
  }
}

/** Both files were decoded before, so a decoding error after a seek is not a fault of the output. */
const inputFaults: ReadonlySet<string> = new Set([
  "transcode_failed",
  "damaged",
  "unsupported_codec",
]);

function inputOf(path: string, seek: number | null, cpus: number): string[] {
  const start = seek === null ? [] : ["-ss", seek.toFixed(6)];
  return ["-threads", String(cpus), ...inputGuards, ...start, "-noautorotate", "-i", path];
}

/** Reads `SSIM Y:0.986932 (18.83) U:0.984501 (18.09) V:0.986779 (18.78) All:0.986501 (18.69)`. */
export function parseSimilarity(lines: readonly string[]): Similarity | undefined {
  const line = lines.findLast((each) => / SSIM Y:/.test(each));
  const [y, u, v] = ["Y", "U", "V"].map((name) =>
    Number(new RegExp(` ${name}:(-?[\\d.]+)`).exec(line ?? "")?.[1] ?? Number.NaN),
  );
  if (y === undefined || u === undefined || v === undefined) return undefined;
  return [y, u, v].some(Number.isNaN) ? undefined : { y, u, v };
}
