import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { JobPortHarness } from "./job-port-contract.ts";
import type { WorkerStarted } from "./scripted-worker.ts";

export const scriptedWorker = fileURLToPath(new URL("scripted-worker.ts", import.meta.url));

/** How a test controls scripted workers that are child processes: by files in their folders. */
export function scriptedWorkers(
  scratchDir: string,
  timeoutMs: number,
): Pick<JobPortHarness, "tellToExit" | "worker"> {
  async function tell(folder: string, exitCode: number): Promise<void> {
    await writeFile(join(folder, "exit-code.tmp"), String(exitCode));
    await rename(join(folder, "exit-code.tmp"), join(folder, "exit-code"));
  }
  return {
    async tellToExit({ name }, exitCode) {
      await mkdir(join(scratchDir, name));
      await tell(join(scratchDir, name), exitCode);
    },
    async worker({ name }, index = 0) {
      const folder = join(scratchDir, index === 0 ? name : `${name}-${index}`);
      const read = () => readFile(join(folder, "started.json"), "utf8");
      const said = await vi.waitFor(read, { timeout: timeoutMs, interval: 20 });
      const { pid, token } = JSON.parse(said) as WorkerStarted;
      return {
        token,
        runs: async () => isAlive(pid),
        end: (exitCode) => tell(folder, exitCode),
      };
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
