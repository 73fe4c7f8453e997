import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { report } from "./report.ts";
import { storm, type StormOptions } from "./storm.ts";

const command = new Command("storm")
  .description(
    "Transcodes many videos while processes of Transpod are killed by SIGKILL, and then audits. The " +
      "exit code is 0 only if no video was lost, published twice or joined wrongly, and the audit found no errors.",
  )
  .addOption(
    new Option("--workers <kind>", "workers that transcode nothing, or real ones on tiny clips")
      .choices(["noop", "real"])
      .default("noop"),
  )
  .option("--videos <n>", "number of videos", Number, 1_000)
  .option("--max-running-jobs <n>", "Jobs at once", Number)
  .option("--clients <n>", "uploads at once", Number, 8)
  .option("--kill-every-seconds <n>", "seconds between two kills, on average", Number, 5)
  .option("--deadline-seconds <n>", "videos that are not done by then count as lost", Number, 3_600)
  .option("--seed <n>", "seed of all random choices", Number, 1)
  .option("--keep <folder>", "keep the log and the data in this folder")
  .option("--json", "print the figures as JSON")
  .parse();
const given = command.opts<Omit<StormOptions, "folder"> & { keep?: string; json?: true }>();
const { keep, json, ...options } = given;
const maxRunningJobs = options.maxRunningJobs ?? (options.workers === "noop" ? 50 : 2);

const folder = keep ?? (await mkdtemp(join(tmpdir(), "transpod-storm-")));
let lastLine = 0;
try {
  const figures = await storm({ ...options, folder, maxRunningJobs }, (line) => {
    if (!process.stderr.isTTY && performance.now() - lastLine < 10_000) return;
    lastLine = performance.now();
    process.stderr.write(process.stderr.isTTY ? `\r\u001B[2K${line}` : `${line}\n`);
  });
  if (process.stderr.isTTY) process.stderr.write("\n");
  console.log(json ? JSON.stringify(figures, null, 2) : report(figures));
  const errors = figures.findings.filter(({ severity }) => severity === "error");
  const { lost, published_twice, cut, chunks_left, unasked_ends } = figures;
  const wrong =
    lost + published_twice + cut.wrong + chunks_left + errors.length + unasked_ends.length;
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  if (keep === undefined) await rm(folder, { recursive: true, force: true });
}
