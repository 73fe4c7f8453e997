import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { compareRuns, describeRun, runEach } from "../bench/several-workers.ts";
import { makeSample } from "../e2e/samples.ts";
import { onNode } from "./tools.ts";
import { openTranspod } from "./transpod.ts";

const command = new Command("workers")
  .description(
    "Compares the time that one video takes one pod with the time that it takes several, of a quarter of a core each, " +
      "on the kind cluster.",
  )
  .option("--seconds <n>", "length of the generated 720p video", Number, 48)
  .option("--workers <n...>", "numbers of workers", ["1", "2", "4", "6"])
  .option("--json", "print JSON")
  .parse();
const options = command.opts<{ seconds: number; workers: string[]; json?: true }>();
const numbers = options.workers.map(Number);
const most = Math.max(...numbers);
// Each of two, four or six workers gets the same number of chunks.
const chunkSeconds = options.seconds / 12;

await using parts = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), "transpod-workers-"));
parts.defer(() => rm(folder, { recursive: true, force: true }));
const film = await makeSample(folder, {
  ...{ codec: "h264", extension: ".mp4", seconds: options.seconds, keyframeSeconds: 2 },
});
const transpod = await openTranspod();
parts.defer(() => transpod.close());
await transpod.configure({
  "controller.maxRunningJobs": most,
  "controller.maxWorkersPerVideo": most,
  "controller.chunkSeconds": chunkSeconds,
  "transcoder.resources.cpuRequest": "100m",
  "transcoder.resources.cpuLimit": "250m",
  "transcoder.resources.memory": "1Gi",
});

const runs = await runEach(transpod.client, film, numbers, cpuSecondsOfNode);
for (const run of compareRuns(runs)) {
  console.log(options.json ? JSON.stringify(run) : describeRun(run));
}

/** Of all pods, and of Kubernetes. */
async function cpuSecondsOfNode(): Promise<number> {
  const text = await onNode("cat", "/sys/fs/cgroup/cpu.stat");
  return Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) / 1e6;
}
