import { mkdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { FileEvent } from "@transpod/contract/events-api.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { TranspodClient } from "@transpod/client/client.ts";
import { findFaults, readFacts, type Facts } from "./proof.ts";

export interface Result {
  fileId: string;
  file: string;
  original: Facts;
  processed: Facts;
  /** From the first byte uploaded to the last byte downloaded. */
  seconds: number;
  /** Seconds of video per second of encoding. */
  speed: number;
  output: string;
}

export interface RunOptions {
  /** Where the result is downloaded to. */
  folder: string;
  settings?: Partial<TranscodeSettings>;
  onStatus: (event: FileEvent) => void;
  signal?: AbortSignal;
}

/** The result is wrong. */
export class ProofError extends TranspodError {
  constructor(file: string, faults: string[]) {
    super("not_proven", `The result of ${file} is wrong: ${faults.join("; ")}.`);
  }
}

/**
 * Processes one video: upload, watch, download, and a check of the result. Throws when the file or the
 * check fails.
 */
export async function runThrough(
  client: TranspodClient,
  path: string,
  { folder, settings, onStatus, signal }: RunOptions,
): Promise<Result> {
  const file = basename(path);
  const began = performance.now();
  const fileId = await client.upload(path, settings);
  const status = await client.watch(fileId, onStatus, signal);
  if (status.processing_status !== "completed") {
    const why = status.failure?.detail ?? `It is ${status.processing_status}.`;
    throw new TranspodError("not_completed", `${file} was not transcoded. ${why}`);
  }
  await mkdir(folder, { recursive: true });
  const output = join(
    folder,
    `${basename(file, extname(file))}.${status.target_codec}${extname(file)}`,
  );
  await client.download(fileId, "processed", output, { overwrite: true });
  const seconds = (performance.now() - began) / 1000;

  const [original, processed] = await Promise.all([readFacts(path), readFacts(output)]);
  const faults = findFaults(original, processed);
  if (faults.length > 0) throw new ProofError(file, faults);
  const encodeSeconds = (status.phase_times?.encode ?? 0) / 1000;
  return {
    fileId,
    file,
    original,
    processed,
    seconds,
    speed: original.durationSeconds / encodeSeconds,
    output,
  };
}
