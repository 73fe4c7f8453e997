import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { readEmbeddedConfig } from "@transpod/embedded/config.ts";
import { startEmbedded } from "@transpod/embedded/embedded.ts";
import { TranspodClient } from "../e2e/client.ts";
import { makeSample } from "../e2e/samples.ts";

const cores = availableParallelism();
const command = new Command("workers")
  .description(
    "Compares the time that one video takes one worker with the time that it takes several, of one thread each.",
  )
  .option("--seconds <n>", "length of the generated 1080p video", Number, 60)
  .option("--workers <n...>", "numbers of workers")
  .option("--json", "print JSON")
  .parse();
const options = command.opts<{ seconds: number; workers?: string[]; json?: true }>();
const numbers = options.workers?.map(Number) ?? [1, 2, 4].filter((n) => n <= cores);

await using parts = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), "transpod-bench-"));
parts.defer(() => rm(folder, { recursive: true, force: true }));
const size = { seconds: options.seconds, size: "1920x1080", frameRate: 24 };
const film = await makeSample(folder, { codec: "h264", extension: ".mp4", ...size });

// As many slots as cores: each worker has one thread.
const transpod = await startEmbedded(
  readEmbeddedConfig({
    ...process.env,
    ...{ PORT: "0", DATA_DIR: join(folder, "data"), CHUNK_SECONDS: "10" },
    ...{ MAX_RUNNING_JOBS: String(cores), MAX_WORKERS_PER_VIDEO: String(cores) },
  }),
);
parts.defer(() => transpod.stop());
const client = new TranspodClient(transpod.url);

interface Run {
  workers: number;
  seconds: number;
  /** Of the whole machine. */
  cpuSeconds: number;
  /** Fetching and joining the encoded chunks, checking and uploading the result: one worker does it. */
  joinSeconds: number;
  sizeBytes: number;
}

const runs: Run[] = [];
for (const workers of numbers) runs.push(await run(workers));
const [one] = runs;
for (const each of runs) {
  const speedUp = one!.seconds / (each.seconds - each.joinSeconds);
  const figures = {
    speedUp,
    cpu: each.cpuSeconds / one!.cpuSeconds,
    size: each.sizeBytes / one!.sizeBytes,
  };
  if (options.json) console.log(JSON.stringify({ ...each, ...figures }));
  else {
    console.log(
      `${each.workers}: ${each.seconds.toFixed(1)} s, of these ${each.joinSeconds.toFixed(1)} s to join; without them ` +
        `${speedUp.toFixed(2)} times as fast as ${one!.workers}; ${figures.cpu.toFixed(3)} times the CPU time, ` +
        `${figures.size.toFixed(4)} times the size`,
    );
  }
}

/** From the claim to the status `completed`. */
async function run(workers: number): Promise<Run> {
  const before = cpuSeconds();
  const status = await client.watch(await client.upload(film, { workers }), () => {});
  const { phase_times: phases, processing_time: seconds, processed } = status;
  if (phases === null || seconds === null || processed === null) {
    throw new Error(`not completed: ${status.failure?.detail}`);
  }
  const joinSeconds = workers === 1 ? 0 : Object.values(phases).reduce((a, b) => a + b, 0) / 1000;
  const sizeBytes = processed.size_bytes;
  return { workers, seconds, cpuSeconds: cpuSeconds() - before, joinSeconds, sizeBytes };
}

function cpuSeconds(): number {
  const busy = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return busy.reduce((a, b) => a + b, 0) / 1000;
}
