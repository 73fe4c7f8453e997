import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { workToken } from "./work-server.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Starts the real worker as its own process. It never rejects: read its exit code. */
export function startWorker(workUrl: string, scratchDir: string, env: NodeJS.ProcessEnv = {}) {
  return execa(process.execPath, [main], {
    env: {
      WORK_URL: workUrl,
      WORK_TOKEN: workToken,
      WORKER: "test-worker",
      SCRATCH_DIR: scratchDir,
      LOG_LEVEL: "info",
      ...env,
    },
    reject: false,
    // So that a test that fails leaves no process behind.
    cleanup: true,
  });
}

export type WorkerProcess = ReturnType<typeof startWorker>;

/** Process ids of a process's children, from /proc. */
export async function childrenOf(pid: number | undefined): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return list.split(" ").filter(Boolean).map(Number);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
