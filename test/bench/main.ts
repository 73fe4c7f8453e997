import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import { readEmbeddedConfig } from "@transpod/embedded/config.ts";
import { startEmbedded } from "@transpod/embedded/embedded.ts";
import { readFfmpegFacts } from "@transpod/transcoder-image/ffmpeg/facts.ts";
import { containerOf } from "@transpod/transcoder-image/plan/container.ts";
import { planTranscode } from "@transpod/transcoder-image/plan/plan.ts";
import { probeSource } from "@transpod/transcoder-image/probe/probe-source.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { makeSample } from "../e2e/samples.ts";
import { cpuSecondsOfEnded, useOf } from "./process-tree.ts";
import { compare, describeComparison, type Pair } from "./pairs.ts";

const command = new Command("bench")
  .description(
    "Compares the time of the whole service with that of ffmpeg alone on the same files, in " +
      "alternating runs.",
  )
  .option("--seconds <n>", "length of the generated 1080p file in each codec", Number, 60)
  .option("--runs <n>", "runs of each", Number, 3)
  .option("--json", "print JSON")
  .argument("[files...]", "your own videos, in place of generated ones")
  .parse();
const { seconds, runs, json } = command.opts<{ seconds: number; runs: number; json?: true }>();

await using parts = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), "transpod-bench-"));
parts.defer(() => rm(folder, { recursive: true, force: true }));
const files = command.args.length > 0 ? command.args : await makeFiles();

// One video at a time: it gets every core, as ffmpeg does.
const own = { PORT: "0", DATA_DIR: join(folder, "data"), MAX_RUNNING_JOBS: "1" };
const transpod = await startEmbedded(readEmbeddedConfig({ ...process.env, ...own }));
parts.defer(() => transpod.stop());
const client = new TranspodClient(transpod.url);

for (const file of files) {
  const pairs: Pair[] = [];
  for (let run = 0; run < runs; run++) pairs.push(await runPair(file, run % 2 === 0));
  const comparison = compare(basename(file), pairs);
  console.log(json ? JSON.stringify(comparison) : describeComparison(comparison));
}

async function makeFiles(): Promise<string[]> {
  const size = { seconds, size: "1920x1080", frameRate: 24 };
  return [
    await makeSample(folder, { codec: "h264", extension: ".mp4", ...size }),
    await makeSample(folder, { codec: "hevc", extension: ".mov", ...size }),
  ];
}

/** Alternates the order: the second run finds the file in the page cache. */
async function runPair(file: string, serviceFirst: boolean): Promise<Pair> {
  const before = serviceFirst ? await throughService(file) : undefined;
  const ffmpeg = await throughFfmpeg(file);
  const { cpu, ...service } = before ?? (await throughService(file));
  return { ...service, ffmpeg: ffmpeg.seconds, cpu: { service: cpu, ffmpeg: ffmpeg.cpu } };
}

/** From `POST /upload` to the status `completed`; `cpu` is of the service and all its processes. */
async function throughService(path: string) {
  const began = performance.now();
  const used = await useOf(process.pid);
  const fileId = await client.upload(path);
  const status = await client.watch(fileId, () => {});
  const service = (performance.now() - began) / 1000;
  const cpu = (await useOf(process.pid)).cpuSeconds - used.cpuSeconds;
  const { phase_times, original, processed, verification } = status;
  if (phase_times === null || original === null || processed === null) {
    throw new Error(`not completed: ${status.failure?.detail}`);
  }
  const size = processed.size_bytes / original.size_bytes;
  return { service, cpu, phase_times, size, ssim: verification?.ssim?.y ?? null };
}

/** Runs ffmpeg alone, with the worker's arguments and priority. */
async function throughFfmpeg(input: string): Promise<{ seconds: number; cpu: number }> {
  const { signal } = new AbortController();
  const plan = planTranscode(await probeSource(input, signal), {
    container: containerOf(input),
    ffmpeg: await readFfmpegFacts(signal),
    cpus: availableParallelism(),
    requested: defaultSettings,
    input,
    output: join(folder, "ffmpeg-output"),
  });
  const began = performance.now();
  const used = await cpuSecondsOfEnded(process.pid);
  await execa("nice", ["-n", "10", "ffmpeg", ...plan.args], { stdio: "ignore" });
  const cpu = (await cpuSecondsOfEnded(process.pid)) - used;
  return { seconds: (performance.now() - began) / 1000, cpu };
}
