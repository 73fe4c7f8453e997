import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { MediaLimits } from "@transpod/contract/media-limits.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Config } from "../config.ts";
import { readFfmpegFacts } from "../ffmpeg/facts.ts";
import { howFar } from "../ffmpeg/progress.ts";
import { runFfmpeg, type FfmpegResult } from "../ffmpeg/run-ffmpeg.ts";
import type { Container } from "../plan/container.ts";
import { userSeiLines } from "../plan/captions.ts";
import { planTranscode, type Plan } from "../plan/plan.ts";
import type { Source } from "../probe/media.ts";
import { probeSource } from "../probe/probe-source.ts";
import { verifyOutput, type Verified } from "../verify/verify-output.ts";
import { afterthoughts } from "./afterthoughts.ts";
import type { PhaseClock } from "./phase-clock.ts";
import type { Progress } from "./progress-reporter.ts";
import { SizeGuard } from "./size-guard.ts";

export interface ConvertDeps {
  config: Pick<Config, "cpus" | "stallSeconds">;
  /** What the client chose. */
  settings: TranscodeSettings;
  limits: MediaLimits;
  clock: PhaseClock;
  report: (progress: Progress) => void;
  /** The source was understood. */
  onPlanned: (source: Source, plan: Plan) => void;
  signal: AbortSignal;
}

/** Paths on our own disk. */
export interface ConvertFiles {
  container: Container;
  input: string;
  output: string;
}

export interface Converted {
  source: Source;
  plan: Plan;
  verified: Verified;
  /** What was converted, dropped or chosen, and what the encode found. */
  notes: string[];
}

/**
 * From a file to one that may be published: probe, encode, verify. Every phase throws its own
 * AttemptError. Knows nothing of where files come from and go to.
 */
export async function convert(deps: ConvertDeps, files: ConvertFiles): Promise<Converted> {
  const { clock } = deps;
  const { source, plan } = await clock.run("probe", () => probe(deps, files));
  deps.onPlanned(source, plan);
  const encoded = await clock.run("encode", () =>
    encode(deps, { source, plan, output: files.output }),
  );
  const verified = await clock.run("verify", () => verify(deps, files, { source, plan, encoded }));
  // Errors that cost frames have a note of their own.
  const lost = source.timestamps.length - verified.made.timestamps.length;
  const errorCount = lost > 0 ? 0 : encoded.diagnostics.errorCount;
  const after = afterthoughts(errorCount, source.media.sizeBytes, verified.made.media.sizeBytes);
  return { source, plan, verified, notes: [...plan.notes, ...verified.notes, ...after] };
}

async function probe(deps: ConvertDeps, { container, input, output }: ConvertFiles) {
  const { config, settings: wished, limits, report, signal } = deps;
  const { cpus } = config;
  const [ffmpeg, source] = await Promise.all([
    readFfmpegFacts(signal),
    probeSource(input, signal, limits),
  ]);
  const plan = planTranscode(source, { container, ffmpeg, cpus, wished, input, output });
  const codecs = { original_codec: source.video.codec, target_codec: plan.target };
  report({ phase: "probe", percent: 100, ...codecs });
  return { source, plan };
}

async function encode(
  { config, settings, report, signal }: ConvertDeps,
  { source, plan, output }: { source: Source; plan: Plan; output: string },
): Promise<FfmpegResult> {
  const totalFrames = source.timestamps.length;
  const guard = new SizeGuard(plan.target, settings, source.media.sizeBytes);
  const { captionLinesPath: lines } = plan;
  if (lines !== null) await pipeline(userSeiLines(source.captions ?? []), createWriteStream(lines));
  const result = await runFfmpeg({
    args: plan.args,
    stallSeconds: config.stallSeconds,
    totalFrames,
    onProgress: (progress) => {
      report({ phase: "encode", ...howFar(progress, totalFrames) });
      guard.see(progress, totalFrames);
    },
    signal: AbortSignal.any([signal, guard.signal]),
  });
  guard.seeEnd((await stat(output)).size);
  return result;
}

interface Made {
  source: Source;
  plan: Plan;
  encoded: FfmpegResult;
}

function verify(
  deps: ConvertDeps,
  { input, output }: ConvertFiles,
  { source, plan, encoded }: Made,
) {
  const { config, settings, report, signal } = deps;
  const totalFrames = plan.expected.frames;
  return verifyOutput({
    input,
    output,
    source,
    expected: plan.expected,
    encoded: { frames: encoded.frames, errorCount: encoded.diagnostics.errorCount },
    cpus: config.cpus,
    onDamage: settings.on_damage,
    stallSeconds: config.stallSeconds,
    onProgress: (progress) => report({ phase: "verify", ...howFar(progress, totalFrames) }),
    signal,
  });
}
