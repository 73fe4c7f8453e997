import { stat } from "node:fs/promises";
import type { Still } from "@transpod/contract/work-protocol.ts";
import type { SampleFiles } from "../samples/raw-pictures.ts";
import { chooseFrames } from "../stills/choose-frames.ts";
import { makeStills, type MadeStills } from "../stills/make-stills.ts";
import { seekSamples, type SeekRequest } from "../stills/seek-samples.ts";
import { uploadWhole } from "../transfer/upload.ts";
import type { ConvertFiles, Converted } from "./convert.ts";
import type { TaskDeps } from "./task.ts";

/** The result does not wait longer for its stills. */
const timeoutMs = 120_000;

/**
 * Makes and uploads the stills of a verified result; resolves with the pairs. Undefined when that failed: a result
 * without stills is complete, so the attempt goes on. Rejects only when `deps.signal` is aborted.
 */
export async function publishStills(
  deps: TaskDeps,
  lease: number,
  files: ConvertFiles,
  converted: Converted,
): Promise<Still[] | undefined> {
  const { config, folder, log } = deps;
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const { ffmpeg, verified } = converted;
    const { cpus, stallSeconds } = config;
    const samples = await samplesOf(files, converted, { cpus, stallSeconds, signal });
    const { made } = verified;
    const stills = await makeStills({ samples, made, folder, ffmpeg, stallSeconds, signal });
    await uploadStills({ ...deps, signal }, lease, stills);
    return stills.pairs.map(({ still }) => still);
  } catch (error) {
    deps.signal.throwIfAborted();
    log.warn({ event: "no_stills", why: String(error) });
    return undefined;
  }
}

/** Joined chunks were sampled one by one, where they were encoded. */
async function samplesOf(
  { input, output, encoded }: ConvertFiles,
  { source, plan: { samples, filters }, verified: { made } }: Converted,
  run: Pick<SeekRequest, "cpus" | "stallSeconds" | "signal">,
): Promise<SampleFiles> {
  if (encoded === undefined) return samples;
  const { frames } = chooseFrames(made.timestamps.length, samples.windows);
  const windows = frames.map((start) => ({ start, frames: 1 }));
  const chosen = { ...samples, windows };
  await seekSamples({ input, output, source, made, filters, ...run }, chosen);
  return chosen;
}

async function uploadStills(
  { work, signal }: Pick<TaskDeps, "work" | "signal">,
  lease: number,
  { poster, pairs }: MadeStills,
): Promise<void> {
  const urls = await work.stills({ lease, pairs: pairs.length }, signal);
  const uploads = pairs.flatMap(({ original, processed }, pair) => [
    { path: original, url: urls.pairs[pair]?.original },
    { path: processed, url: urls.pairs[pair]?.processed },
  ]);
  await Promise.all(
    [{ path: poster, url: urls.poster }, ...uploads].map(async ({ path, url }) => {
      if (url === undefined) throw new Error("The controller signed too few URLs for stills.");
      const { size: sizeBytes } = await stat(path);
      const sign = async () => url;
      await uploadWhole({ path, sizeBytes, sign, onProgress: () => {}, signal });
    }),
  );
}
