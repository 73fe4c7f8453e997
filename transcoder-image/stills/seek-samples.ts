import { inputGuards, pixelGuard, reportingOptions } from "../ffmpeg/child-process.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import type { VideoFilters } from "../plan/video.ts";
import type { Source } from "../probe/media.ts";
import { rawChain, rawOutput, type SampleFiles } from "../samples/raw-pictures.ts";
import { framesOf } from "../samples/windows.ts";
import { spanOf } from "./span-of.ts";

export interface SeekRequest {
  input: string;
  output: string;
  source: Source;
  /** The verified result. */
  made: Source;
  filters: VideoFilters;
  cpus: number;
  stallSeconds: number;
  signal: AbortSignal;
}

/**
 * Writes the samples of two files that nobody has decoded: those of a video whose encoded chunks were joined. Each
 * frame is found by its exact time, after the key frame before it.
 */
export async function seekSamples(request: SeekRequest, samples: SampleFiles): Promise<void> {
  const { input, output, source, made, filters } = request;
  const chain = [...filters.shape, ...filters.colour];
  await takeFrames(request, samples, { path: input, of: source, chain, to: samples.original });
  await takeFrames(request, samples, { path: output, of: made, chain: [], to: samples.processed });
}

interface Take {
  path: string;
  of: Source;
  chain: string[];
  to: string;
}

async function takeFrames(
  { cpus, stallSeconds, signal }: SeekRequest,
  samples: SampleFiles,
  { path, of: { timestamps, media, video }, chain, to }: Take,
): Promise<void> {
  const frames = framesOf(samples.windows);
  const times = { timestamps, startSeconds: media.startSeconds };
  const options = ["-threads", String(cpus), ...inputGuards, ...pixelGuard, "-noautorotate"];
  const inputs = frames.flatMap((frame) => [...options, ...spanOf(frame, times), "-i", path]);
  const firsts = frames.map((_, i) => `[${i}:${video.index}]trim=end_frame=1[f${i}]`);
  const joined = `${frames.map((_, i) => `[f${i}]`).join("")}concat=n=${frames.length}`;
  const graph = [...firsts, `${joined},${rawChain(samples, chain)}[all]`].join(";");
  const args = [
    [...reportingOptions("error"), ...inputs],
    ["-filter_complex", graph, "-map", "[all]", ...rawOutput(to)],
  ].flat();
  await runFfmpeg({ args, stallSeconds, totalFrames: frames.length, signal });
}
