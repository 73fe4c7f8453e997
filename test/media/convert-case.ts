import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defaultLimits } from "@transpod/contract/media-limits.ts";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import { AttemptError } from "@transpod/transcoder-image/attempt/attempt-error.ts";
import {
  convert,
  type Converted,
  type ConvertFiles,
} from "@transpod/transcoder-image/attempt/convert.ts";
import { PhaseClock } from "@transpod/transcoder-image/attempt/phase-clock.ts";
import { readFfmpegFacts, type FfmpegFacts } from "@transpod/transcoder-image/ffmpeg/facts.ts";
import { containerOf } from "@transpod/transcoder-image/plan/container.ts";
import type { Source } from "@transpod/transcoder-image/probe/media.ts";
import type { MediaCase } from "./media-case.ts";
import { pathOfReal } from "./real-files.ts";
import { runFfmpeg } from "./recipes.ts";

export interface Outcome {
  input: string;
  output: string;
  converted: Converted | undefined;
  refusal: AttemptError | undefined;
}

/** Whether the file is available here: a real one must have been downloaded. */
export function isAvailable({ source }: MediaCase): boolean {
  return typeof source === "function" || existsSync(pathOfReal(source));
}

/** The fastest preset, since quality is not tested here. */
const quick = { preset: "ultrafast" } as const;

let ffmpeg: Promise<FfmpegFacts> | undefined;
/** All cases use the same ffmpeg: it is asked once. */
const factsForAll = () => (ffmpeg ??= readFfmpegFacts(new AbortController().signal));

/** Generates the file, and runs the worker's own probe, plan, encode and verify on it. */
export async function convertCase(
  { file, source, seconds, settings }: MediaCase,
  folder: string,
  canaryUrl: string,
): Promise<Outcome> {
  await mkdir(folder);
  const beside = (name: string) => join(folder, name);
  const container = containerOf(file);
  const input = beside(file);
  const output = beside(`output.${container}`);
  if (typeof source === "function") await source(input, { beside, canaryUrl });
  else if (seconds === undefined) await copyFile(pathOfReal(source), input);
  else await copyStart(pathOfReal(source), input, seconds);
  try {
    const converted = await convertFiles({ container, input, output }, { settings });
    return { input, output, converted, refusal: undefined };
  } catch (refusal) {
    if (!(refusal instanceof AttemptError)) throw refusal;
    return { input, output, converted: undefined, refusal };
  }
}

/** All tracks of a file, up to this time. */
function copyStart(from: string, to: string, seconds: number): Promise<void> {
  return runFfmpeg("-i", from, "-t", String(seconds), "-map", "0", "-c", "copy", to);
}

/** Runs the worker's own probe, plan, encode and verify on a file. */
export function convertFiles(
  files: ConvertFiles,
  { settings, whole }: { settings?: MediaCase["settings"]; whole?: Source },
): Promise<Converted> {
  const deps = {
    config: { cpus: availableParallelism(), stallSeconds: 60 },
    settings: { ...defaultSettings, ...quick, ...settings },
    limits: defaultLimits,
    readFfmpegFacts: factsForAll,
    clock: new PhaseClock(() => undefined),
    report: () => undefined,
    onPlanned: () => undefined,
    ...(whole === undefined ? {} : { whole }),
    signal: new AbortController().signal,
  };
  return convert(deps, files);
}
