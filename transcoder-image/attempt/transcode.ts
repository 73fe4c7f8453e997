import { join } from "node:path";
import type {
  ClaimResponse,
  CompleteRequest,
  MediaSummary,
} from "@transpod/contract/work-protocol.ts";
import type { Logger } from "pino";
import { readFfmpegFacts } from "../ffmpeg/facts.ts";
import { containerOf } from "../plan/container.ts";
import { downloadFile } from "../transfer/download.ts";
import { requireFreeSpace } from "../transfer/free-space.ts";
import { uploadFile } from "../transfer/upload.ts";
import type { WorkClient } from "../work/work-client.ts";
import { AttemptError } from "./attempt-error.ts";
import { convert, type ConvertDeps } from "./convert.ts";
import { summarize } from "./media-summary.ts";

export interface TranscodeDeps extends Omit<
  ConvertDeps,
  "onPlanned" | "settings" | "limits" | "readFfmpegFacts"
> {
  work: WorkClient;
  claim: ClaimResponse;
  /** An empty folder that is removed afterwards. */
  folder: string;
  /** Called when the source is probed: the summary is kept even if the attempt fails later. */
  onProbed: (original: MediaSummary) => void;
  log: Logger;
}

/**
 * Runs a claimed attempt; resolves with the request for `complete`. Every phase throws its own
 * AttemptError.
 */
export async function transcode(deps: TranscodeDeps): Promise<CompleteRequest> {
  const { claim, folder, clock, log } = deps;
  const container = containerOf(claim.file_name);
  const input = join(folder, `source.${container}`);
  const output = join(folder, `output.${container}`);

  await clock.run("download", () => download(deps, input));
  const onPlanned: ConvertDeps["onPlanned"] = (source, plan) => {
    deps.onProbed(summarize(container, source));
    log.info({ event: "planned", target_codec: plan.target, args: plan.args, notes: plan.notes });
  };
  const converted = await convert(
    { ...deps, settings: claim.settings, limits: claim.limits, readFfmpegFacts, onPlanned },
    { container, input, output },
  );
  const { source, plan, verified, notes } = converted;
  const { sizeBytes } = verified.made.media;
  const uploaded = await clock.run("upload", () => upload(deps, output, sizeBytes));

  return {
    lease: claim.lease,
    ...uploaded,
    size_bytes: sizeBytes,
    original: summarize(container, source),
    processed: summarize(container, verified.made),
    target_codec: plan.target,
    verification: verified.verification,
    notes,
    phase_times: clock.times,
  };
}

async function download({ work, claim, folder, report, signal }: TranscodeDeps, path: string) {
  const { url, etag, size_bytes: sizeBytes } = claim.source;
  if (sizeBytes === 0) throw new AttemptError("empty_file", "The uploaded file is empty.");
  await requireFreeSpace(folder, sizeBytes);
  const onProgress = (bytes: number) =>
    report({ phase: "download", percent: percentOf(bytes, sizeBytes) });
  const renew = () => work.source({ lease: claim.lease }, signal);
  await downloadFile({ url, renew, etag, sizeBytes, path, onProgress, signal });
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

function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.min(100, Math.round((part / whole) * 1000) / 10);
}
