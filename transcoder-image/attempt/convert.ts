import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { MediaLimits } from "@transpod/contract/media-limits.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Config } from "../config.ts";
import type { FfmpegFacts } from "../ffmpeg/facts.ts";
import { encodeProgress } from "../ffmpeg/progress.ts";
import { runFfmpeg, type FfmpegResult } from "../ffmpeg/run-ffmpeg.ts";
import type { Container } from "../plan/container.ts";
import { userSeiLines } from "../plan/captions.ts";
import { joinChunks } from "../chunks/join-chunks.ts";
import { shownFrames } from "../chunks/cut.ts";
import { readVideoIndex } from "../chunks/video-index.ts";
import { planTranscode, type Plan } from "../plan/plan.ts";
import { unitsPerSecond } from "../plan/timing.ts";
import { readPacketTimes } from "../probe/ffprobe.ts";
import type { Source } from "../probe/media.ts";
import { probeSource } from "../probe/probe-source.ts";
import { secondsWithoutLost } from "../verify/compare-timestamps.ts";
import { verifyOutput, type Verified, type VerifiedVideo } from "../verify/verify-output.ts";
import { AttemptError } from "./attempt-error.ts";
import type { PhaseClock } from "./phase-clock.ts";
import type { Progress } from "./progress-reporter.ts";
import { resultNotes } from "./result-notes.ts";
import { writeVideoDuration } from "./write-duration.ts";
import { SizeGuard } from "./size-guard.ts";

export interface ConvertDeps {
  config: Pick<Config, "cpus" | "stallSeconds">;
  /** What the client chose. */
  settings: TranscodeSettings;
  limits: MediaLimits;
  /** Asks the ffmpeg that will run the plan. */
  readFfmpegFacts: (signal: AbortSignal) => Promise<FfmpegFacts>;
  clock: PhaseClock;
  report: (progress: Progress) => void;
  /** The whole video, when the file is only a chunk of it. */
  whole?: Source;
  /** Called when the source is probed and the plan is made. */
  onPlanned: (source: Source, plan: Plan) => void;
  signal: AbortSignal;
}

/** Paths on our own disk. */
export interface ConvertFiles {
  container: Container;
  input: string;
  output: string;
  /** The encoded chunks of the video: they are joined instead of encoding it. */
  encoded?: EncodedChunks;
}

/** Chunks that were encoded and verified one by one. */
export interface EncodedChunks extends VerifiedVideo {
  paths: string[];
}

export interface Converted {
  source: Source;
  plan: Plan;
  ffmpeg: FfmpegFacts;
  verified: Verified;
  /** What was converted, dropped or chosen, and what the encode reported. */
  notes: string[];
  /** Errors in the source that ffmpeg reported, unless they cost frames. */
  errorCount: number;
}

/**
 * Converts a file to one that may be published: probe, encode, verify. Every phase throws its own
 * AttemptError. Downloads and uploads are done elsewhere.
 */
export async function convert(deps: ConvertDeps, files: ConvertFiles): Promise<Converted> {
  const { clock } = deps;
  const { source, plan, ffmpeg } = await clock.run("probe", () => probe(deps, files));
  deps.onPlanned(source, plan);
  const encoded = await clock.run("encode", () => encode(deps, files, { source, plan }));
  const verified = await clock.run("verify", () => verify(deps, files, { source, plan, encoded }));
  // Lost frames have their own note.
  const lost = source.timestamps.length - verified.made.timestamps.length;
  const errorCount = lost > 0 ? 0 : encoded.diagnostics.errorCount;
  const after = resultNotes(errorCount, source.media.sizeBytes, verified.made.media.sizeBytes);
  return {
    source,
    plan,
    ffmpeg,
    verified,
    errorCount,
    notes: [...plan.notes, ...verified.notes, ...after],
  };
}

async function probe(deps: ConvertDeps, { container, input, output, encoded }: ConvertFiles) {
  const { config, settings: requested, limits, readFfmpegFacts, report, signal, whole } = deps;
  const { cpus } = config;
  const [ffmpeg, probed] = await Promise.all([
    readFfmpegFacts(signal),
    probeSource(input, signal, limits),
  ]);
  const source = whole === undefined ? probed : asPartOf(whole, probed);
  const plan = planTranscode(source, {
    ...{ container, ffmpeg, cpus, requested, input, output },
    ...(whole === undefined ? {} : { frameRate: whole.video.frameRate }),
    ...(encoded === undefined ? {} : { joined: joinedPath(output) }),
  });
  const codecs = { original_codec: source.video.codec, target_codec: plan.target };
  report({ phase: "probe", percent: 100, ...codecs });
  return { source, plan, ffmpeg };
}

async function encode(
  { config, settings, report, signal }: ConvertDeps,
  { input, output, encoded }: ConvertFiles,
  { source, plan }: { source: Source; plan: Plan },
): Promise<FfmpegResult> {
  const totalFrames = source.timestamps.length;
  const guard = new SizeGuard(plan.target, settings, source.media.sizeBytes);
  const { captionLinesPath: lines } = plan;
  if (lines !== null) await pipeline(userSeiLines(source.captions ?? []), createWriteStream(lines));
  if (encoded !== undefined) await join(encoded.paths, source, { input, output });
  const result = await runFfmpeg({
    args: [...plan.args, ...plan.sampleArgs],
    stallSeconds: config.stallSeconds,
    totalFrames,
    onProgress: (progress) => {
      report({ phase: "encode", ...encodeProgress(progress, totalFrames) });
      guard.see(progress, totalFrames);
    },
    signal: AbortSignal.any([signal, guard.signal]),
  });
  guard.seeEnd((await stat(output)).size);
  await writeVideoDuration(output, await secondsToShow(source, result, { output, signal }));
  return result;
}

/** What is a property of the whole video is not found anew in each chunk: ffprobe looks at the first frames only. */
function asPartOf(whole: Source, chunk: Source): Source {
  const { interlaced, colour, dolbyVision, sampleAspectRatio } = whole.video;
  const video = { ...chunk.video, interlaced, colour, dolbyVision, sampleAspectRatio };
  return { ...chunk, video, hdr10: whole.hdr10 };
}

function joinedPath(output: string): string {
  return `${output}.joined.mp4`;
}

/** Joins the chunks to a video of the source's times, which ffmpeg then puts beside its sound. */
async function join(
  chunks: string[],
  source: Source,
  { input, output }: Pick<ConvertFiles, "input" | "output">,
): Promise<void> {
  const index = await readVideoIndex(input, source.video.trackId);
  const frames = index === null ? null : shownFrames({ ...source, index });
  if (frames === null) {
    throw new AttemptError("internal_error", "The source can't be cut any more.");
  }
  const timescale = unitsPerSecond(source);
  const inUnits = (time: number) => Math.round((time * timescale) / frames.timescale);
  const [times, end] = [frames.times.map(inUnits), inUnits(frames.end)];
  await joinChunks({ chunks, output: joinedPath(output), times, end, timescale });
}

/** Frames that a damaged source loses at its start are missing from its duration too. */
async function secondsToShow(
  source: Source,
  { frames }: FfmpegResult,
  { output, signal }: { output: string; signal: AbortSignal },
): Promise<number> {
  const { timestamps, presentedSeconds } = source;
  if (frames >= timestamps.length) return presentedSeconds;
  const made = await readPacketTimes(output, 0, { ignoreEdits: false, signal });
  return secondsWithoutLost(source, made.timestamps[0] ?? 0);
}

interface Made {
  source: Source;
  plan: Plan;
  encoded: FfmpegResult;
}

function verify(
  deps: ConvertDeps,
  { output, encoded: chunks }: ConvertFiles,
  { source, plan, encoded }: Made,
) {
  const { config, settings, report, signal } = deps;
  const totalFrames = plan.expected.frames;
  return verifyOutput({
    output,
    source,
    expected: plan.expected,
    encoded: { frames: encoded.frames, errorCount: encoded.diagnostics.errorCount },
    samples: plan.samples,
    ...(chunks === undefined ? {} : { verifiedVideo: chunks }),
    cpus: config.cpus,
    onDamage: settings.on_damage,
    stallSeconds: config.stallSeconds,
    onProgress: (progress) => report({ phase: "verify", ...encodeProgress(progress, totalFrames) }),
    signal,
  });
}
