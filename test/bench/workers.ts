import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { readEmbeddedConfig } from "@transpod/embedded/config.ts";
import { startEmbedded } from "@transpod/embedded/embedded.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { makeSample } from "../e2e/samples.ts";
import { compareRuns, describeRun, runEach } from "./several-workers.ts";

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

const runs = await runEach(new TranspodClient(transpod.url), film, numbers);
for (const run of compareRuns(runs)) {
  console.log(options.json ? JSON.stringify(run) : describeRun(run));
}
