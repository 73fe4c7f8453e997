import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { JobSpec } from "@transpod/contract/ports.ts";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import { describeJobPort, type JobPortHarness } from "./job-port-contract.ts";
import type { WorkerStarted } from "./scripted-worker.ts";

const worker = fileURLToPath(new URL("scripted-worker.ts", import.meta.url));
const timeoutMs = 20_000;

describeJobPort("this machine, as child processes", async (): Promise<JobPortHarness> => {
  const scratchDir = await mkdtemp(join(tmpdir(), "transpod-test-jobs-"));
  const fileOf = (spec: JobSpec, name: string) => join(scratchDir, spec.name, name);
  const jobs = new ChildProcessJobs({
    workUrl: "http://127.0.0.1:9",
    scratchDir,
    cpusPerJob: 1,
    logLevel: "silent",
    onLine: () => {},
    entryPoint: worker,
  });
  return {
    jobs,
    authenticator: jobs,
    timeoutMs,
    async tellToExit(spec, exitCode) {
      await mkdir(join(scratchDir, spec.name));
      await writeFile(fileOf(spec, "exit-code"), String(exitCode));
    },
    async worker(spec) {
      const read = () => readFile(fileOf(spec, "started.json"), "utf8");
      const said = await vi.waitFor(read, { timeout: timeoutMs, interval: 20 });
      const { pid, token } = JSON.parse(said) as WorkerStarted;
      return { token, runs: async () => isAlive(pid) };
    },
    async stop() {
      await jobs.stop();
      await rm(scratchDir, { recursive: true, force: true });
    },
  };
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
