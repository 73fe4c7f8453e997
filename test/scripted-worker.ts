import { existsSync, readFileSync, renameSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The worker of the job port's contract: it writes a file with its pid and its token, and runs until it is ended or
 * its folder has a file with an exit code.
 */
export interface WorkerStarted {
  pid: number;
  token: string;
}

const { SCRATCH_DIR: folder = "", WORK_TOKEN: token = "" } = process.env;
const exitCode = join(folder, "exit-code");

function endWhenTold(): void {
  if (existsSync(exitCode)) process.exit(Number(readFileSync(exitCode, "utf8")));
}

// Watched before the first look, so that no file is missed. It also keeps the process alive.
watch(folder, endWhenTold);
endWhenTold();

const started: WorkerStarted = { pid: process.pid, token };
// With an atomic rename, so that no reader gets half of it.
writeFileSync(join(folder, "started.tmp"), JSON.stringify(started));
renameSync(join(folder, "started.tmp"), join(folder, "started.json"));
