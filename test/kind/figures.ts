import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { jobName } from "@transpod/contract/job-identity.ts";
import { summarize, tableOf, type Figure } from "./figures-table.ts";
import { loadNoopImage, noopRepository } from "./noop-image.ts";
import { noopJobs } from "./noop-jobs.ts";
import { PortForward } from "./port-forward.ts";
import { readValues } from "./release.ts";
import { installation, kubectl } from "./tools.ts";
import { openTranspod } from "./transpod.ts";

const command = new Command("figures")
  .description("Measures the overhead of Transpod around a transcode, on the kind cluster.")
  .option("--count <n>", "videos and Jobs of each kind", Number, 50)
  .option("--json", "print JSON")
  .parse();
const { count, json } = command.opts<{ count: number; json?: true }>();
const turns = ["transpod", "kubectl", "kubectl", "transpod"] as const;
const perTurn = Math.ceil(count / 2);
const say = (line: string) => process.stderr.write(`${line}\n`);

await using parts = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), "transpod-figures-"));
parts.defer(() => rm(folder, { recursive: true, force: true }));
const transpod = await openTranspod();
parts.defer(() => transpod.close());

const { transcoder, image } = await readValues();
const tag = transcoder.image.tag === "" ? image.tag : transcoder.image.tag;
await loadNoopImage(`${transcoder.image.repository}:dev`, tag);
await transpod.configure({
  "transcoder.image.repository": noopRepository,
  "transcoder.resources.cpuRequest": "10m",
  "transcoder.resources.memory": "96Mi",
  "controller.maxRunningJobs": count,
});
parts.defer(() => removeJobs());

// The emulator still has a receive of the previous controller open, and gives one message to it.
const first = await oneVideo("film.mp4");

const results: Figure[] = [];
say(`${count} videos, one at a time`);
const single: string[] = [];
for (let done = 0; done < count; done += 1) single.push(await oneVideo("film.mp4"));
results.push(...(await latencies("one at a time", single)));
const reportToRow = await meanOf("transpod_end_to_row_seconds");

const silentCount = Math.min(count, 20);
say(`${silentCount} workers that end without a report, one at a time`);
const silent: string[] = [];
for (let done = 0; done < silentCount; done += 1) silent.push(await oneVideo("exit-13.mp4"));
results.push(await endToRow(silent));

const seconds = { transpod: 0, kubectl: 0 };
const burst: string[] = [];
for (const [index, turn] of turns.entries()) {
  say(`turn ${index + 1} of ${turns.length}: ${perTurn} Jobs at once, by ${turn}`);
  const began = performance.now();
  if (turn === "transpod") burst.push(...(await manyVideos()));
  else await noopJobs(jobName({ fileId: burst[0]!, attempt: 1 }), index, perTurn);
  seconds[turn] += (performance.now() - began) / 1_000;
}
results.push(...(await latencies(`${perTurn} at once`, burst)));

const jobs = { count: 2 * perTurn, seconds, ratio: seconds.transpod / seconds.kubectl };
if (json) {
  const mean = { "worker reports its end -> row": reportToRow };
  console.log(JSON.stringify({ figures: results, mean, jobs }, null, 2));
} else {
  console.log(tableOf(results));
  console.log(`worker reports its end -> row: ${reportToRow.toFixed(3)} s on average`);
  console.log(
    `${jobs.count} no-op Jobs: ${seconds.transpod.toFixed(1)} s through Transpod, ` +
      `${seconds.kubectl.toFixed(1)} s by kubectl apply, ratio ${jobs.ratio.toFixed(2)}`,
  );
}

/** The file's name says what the worker does: see test/noop-worker.ts. */
async function upload(name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, "video");
  return await transpod.client.upload(path);
}

async function oneVideo(name: string): Promise<string> {
  const fileId = await upload(name);
  await transpod.untilEnded(fileId);
  return fileId;
}

/** Resolves when the last Job is complete for Kubernetes too. */
async function manyVideos(): Promise<string[]> {
  const ids = await Promise.all(Array.from({ length: perTurn }, () => upload("film.mp4")));
  for (const fileId of ids) await transpod.untilEnded(fileId);
  const names = ids.map((fileId) => `job/${jobName({ fileId, attempt: 1 })}`);
  await kubectl(["wait", "--for=condition=complete", "--timeout=300s", ...names]);
  return ids;
}

async function latencies(how: string, ids: string[]): Promise<Figure[]> {
  const { rows } = await transpod.database.pool.query<{ to_job: number; to_claim: number }>(
    `select extract(epoch from launched_at - event_at)::float8 as to_job,
       extract(epoch from claimed_at - launched_at)::float8 as to_claim
     from transactions where file_id = any($1) and attempt = 1`,
    [ids],
  );
  return [
    summarize(
      `message receivable -> Job created, ${how}`,
      rows.map((row) => row.to_job),
    ),
    summarize(
      `Job created -> claim, ${how}`,
      rows.map((row) => row.to_claim),
    ),
  ];
}

/** The mean of a histogram of the controller, which so far has only ends that workers reported. */
async function meanOf(histogram: string): Promise<number> {
  await using forward = await PortForward.open({
    target: `svc/${installation.release}-controller`,
    port: 9090,
  });
  const text = await (await fetch(`http://${forward.host}/metrics`)).text();
  const read = (suffix: string) =>
    Number(new RegExp(`^${histogram}_${suffix}(?:{[^}]*})? (\\S+)$`, "m").exec(text)?.[1]);
  return read("sum") / read("count");
}

/** This worker's last request is its claim; it ends within milliseconds after it. */
async function endToRow(ids: string[]): Promise<Figure> {
  const { rows } = await transpod.database.pool.query<{ to_row: number }>(
    `select extract(epoch from ended_at - heartbeat_at)::float8 as to_row
     from transactions where file_id = any($1) and attempt = 1`,
    [ids],
  );
  return summarize(
    "Job ends without a report -> row",
    rows.map((row) => row.to_row),
  );
}

/** Removes the measured Jobs, so that they are not in the way of people and tests. */
async function removeJobs(): Promise<void> {
  const ids = [first, ...single, ...silent, ...burst];
  const names = ids.map((fileId) => jobName({ fileId, attempt: 1 }));
  await kubectl(["delete", "jobs", "--ignore-not-found", "--wait=false", ...names]);
  await kubectl(["delete", "jobs", "--ignore-not-found", "--wait=false", "-l", "figures"]);
}
