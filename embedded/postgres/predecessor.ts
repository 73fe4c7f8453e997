import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { TranspodError } from "@transpod/contract/errors.ts";

/** Longer than the supervisor's grace period for a server. */
const TIMEOUT_MS = 15_000;

/**
 * Waits until the server that used this folder before us has ended, so that ours can start: after its
 * parent was killed it takes a moment to end.
 *
 * Postgres itself accepts a postmaster.pid of a dead process, but not when another process of ours has
 * the same pid now, as may happen after a power cut; then the file is removed. Hold the lock of
 * DATA_DIR while calling.
 */
export async function untilPredecessorExits(folder: string): Promise<void> {
  const pidFile = join(folder, "postmaster.pid");
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const pid = await readPid(pidFile);
    const program = pid && (await programOf(pid));
    if (!program) return;
    if (!program.includes("postgres")) return rm(pidFile, { force: true });
    if (Date.now() > deadline) {
      throw new TranspodError(
        "postgres_still_running",
        `A Postgres server (process ${pid}) still runs on ${folder}. End it, then start again.`,
      );
    }
    await delay(50);
  }
}

/** The file's first line: https://www.postgresql.org/docs/18/storage-file-layout.html */
async function readPid(pidFile: string): Promise<number | undefined> {
  const content = await readFile(pidFile, "utf8").catch(() => "");
  return Number.parseInt(content, 10) || undefined;
}

/** The name of the program that a process runs; empty when there is no such process. */
async function programOf(pid: number): Promise<string> {
  // Small Linux images have no ps, macOS has no /proc.
  if (process.platform === "linux") return readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  const { stdout } = await execa("ps", ["-o", "comm=", "-p", String(pid)], { reject: false });
  return stdout;
}
