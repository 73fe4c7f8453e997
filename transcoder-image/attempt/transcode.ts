import { join } from "node:path";
import type {
  ClaimResponse,
  CompleteRequest,
  MediaSummary,
} from "@transpod/contract/work-protocol.ts";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { readFfmpegFacts } from "../ffmpeg/facts.ts";
import { howFar } from "../ffmpeg/progress.ts";
import { runFfmpeg, type FfmpegResult } from "../ffmpeg/run-ffmpeg.ts";
import { containerOf, type Container } from "../plan/container.ts";
import { planTranscode, type Plan } from "../plan/plan.ts";
import type { Source } from "../probe/media.ts";
import { probeSource } from "../probe/probe-source.ts";
import { downloadFile } from "../transfer/download.ts";
import { requireFreeSpace } from "../transfer/free-space.ts";
import { uploadFile } from "../transfer/upload.ts";
import { verifyOutput, type Verified } from "../verify/verify-output.ts";
import type { WorkClient } from "../work/work-client.ts";
import { afterthoughts } from "./afterthoughts.ts";
import { AttemptError } from "./attempt-error.ts";
import { summarize } from "./media-summary.ts";
import type { PhaseClock } from "./phase-clock.ts";
import type { Progress } from "./progress-reporter.ts";

export interface TranscodeDeps {
  config: Pick<Config, "cpus" | "stallSeconds">;
  work: WorkClient;
  claim: ClaimResponse;
  /** An empty folder that is removed afterwards. */
  folder: string;
  clock: PhaseClock;
  report: (progress: Progress) => void;
  /** The source was understood: worth keeping even if the attempt fails later. */
  onProbed: (original: MediaSummary) => void;
  log: Logger;
  signal: AbortSignal;
}

/** From a claimed attempt to what `complete` wants to know. Every phase throws its own AttemptError. */
export async function transcode(deps: TranscodeDeps): Promise<CompleteRequest> {
  const { claim, folder, clock, log } = deps;
  const container = containerOf(claim.file_name);
  const input = join(folder, `source.${container}`);
  const output = join(folder, `output.${container}`);

  await clock.run("download", () => download(deps, input));
  const { source, plan } = await clock.run("probe", () => probe(deps, container, input, output));
  const original = summarize(container, source.media, source.video, source.timestamps.length);
  deps.onProbed(original);
  log.info({ event: "planned", target_codec: plan.target, args: plan.args, notes: plan.notes });
  const encoded = await clock.run("encode", () => encode(deps, source, plan));
  const verified = await clock.run("verify", () => verify(deps, source, plan, encoded, output));
  const { sizeBytes } = verified.media;
  const { errorCount } = encoded.diagnostics;
  const uploaded = await clock.run("upload", () => upload(deps, output, sizeBytes));

  return {
    lease: claim.lease,
    ...uploaded,
    size_bytes: sizeBytes,
    original,
    processed: summarizeOutput(container, plan, verified),
    target_codec: plan.target,
    verification: verified.verification,
    notes: [...plan.notes, ...afterthoughts(errorCount, original.size_bytes, sizeBytes)],
    phase_times: clock.times,
  };
}

async function download({ claim, folder, report, signal }: TranscodeDeps, path: string) {
  const { url, etag, size_bytes: sizeBytes } = claim.source;
  if (sizeBytes === 0) throw new AttemptError("empty_file", "The uploaded file is empty.");
  await requireFreeSpace(folder, sizeBytes);
  const onProgress = (bytes: number) =>
    report({ phase: "download", percent: percentOf(bytes, sizeBytes) });
  await downloadFile({ url, etag, sizeBytes, path, onProgress, signal });
}

async function probe(deps: TranscodeDeps, container: Container, input: string, output: string) {
  const { config, report, signal } = deps;
  const [ffmpeg, source] = await Promise.all([readFfmpegFacts(signal), probeSource(input, signal)]);
  const plan = planTranscode(source, { container, ffmpeg, cpus: config.cpus, input, output });
  const codecs = { original_codec: source.video.codec, target_codec: plan.target };
  report({ phase: "probe", percent: 100, ...codecs });
  return { source, plan };
}

function encode({ config, report, signal }: TranscodeDeps, source: Source, plan: Plan) {
  const totalFrames = source.timestamps.length;
  return runFfmpeg({
    args: plan.args,
    stallSeconds: config.stallSeconds,
    totalFrames,
    onProgress: (progress) => report({ phase: "encode", ...howFar(progress, totalFrames) }),
    signal,
  });
}

function verify(
  deps: TranscodeDeps,
  source: Source,
  plan: Plan,
  encoded: FfmpegResult,
  output: string,
) {
  const { config, report, signal } = deps;
  const totalFrames = plan.expected.frames;
  return verifyOutput({
    output,
    expected: plan.expected,
    encoded: { frames: encoded.frames, errorCount: encoded.diagnostics.errorCount },
    sourceTimestamps: source.timestamps,
    cpus: config.cpus,
    stallSeconds: config.stallSeconds,
    onProgress: (progress) => report({ phase: "verify", ...howFar(progress, totalFrames) }),
    signal,
  });
}

function upload({ work, claim, report, signal }: TranscodeDeps, path: string, sizeBytes: number) {
  return uploadFile({
    path,
    sizeBytes,
    sign: (numbers) => work.parts({ lease: claim.lease, part_numbers: numbers }, signal),
    onProgress: (bytes) => report({ phase: "upload", percent: percentOf(bytes, sizeBytes) }),
    signal,
  });
}

function summarizeOutput(container: Container, plan: Plan, { media }: Verified): MediaSummary {
  const [video] = media.video;
  if (video === undefined) throw new TypeError("a verified output has a video track");
  return summarize(container, media, video, plan.expected.frames);
}

function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.min(100, Math.round((part / whole) * 1000) / 10);
}
