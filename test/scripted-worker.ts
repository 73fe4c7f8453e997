import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The worker of the job port's contract: it writes a file with its pid and its token, then ends with
 * the exit code in its folder, or runs until it is ended.
 */
export interface WorkerStarted {
  pid: number;
  token: string;
}

const { SCRATCH_DIR: folder = "", WORK_TOKEN: token = "" } = process.env;
const exitCode = join(folder, "exit-code");
if (existsSync(exitCode)) process.exit(Number(readFileSync(exitCode, "utf8")));

const started: WorkerStarted = { pid: process.pid, token };
// With an atomic rename, so that no reader gets half of it.
writeFileSync(join(folder, "started.tmp"), JSON.stringify(started));
renameSync(join(folder, "started.tmp"), join(folder, "started.json"));
setInterval(() => {}, 60_000);
