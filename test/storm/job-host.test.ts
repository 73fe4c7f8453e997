import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import { vi } from "vitest";
import type { JobSpec } from "@transpod/contract/ports.ts";
import { describeJobPort, type JobPortHarness } from "../job-port-contract.ts";
import type { WorkerStarted } from "../scripted-worker.ts";
import { InProcessJobs } from "./in-process-jobs.ts";
import { startJobHost } from "./job-host.ts";
import { RemoteJobs } from "./remote-jobs.ts";

const entryPoint = fileURLToPath(new URL("../scripted-worker.ts", import.meta.url));
const timeoutMs = 30_000;

describeJobPort("the storm's host, over HTTP", async (): Promise<JobPortHarness> => {
  const scratchDir = await mkdtemp(join(tmpdir(), "transpod-test-host-"));
  const fileOf = (spec: JobSpec, name: string) => join(scratchDir, spec.name, name);
  const port = await getPort({ host: "127.0.0.1" });
  const workUrl = "http://127.0.0.1:9";
  const host = await startJobHost({ port, workUrl, scratchDir, workers: { entryPoint }, seed: 1 });
  const jobs = new RemoteJobs(`http://127.0.0.1:${port}`);
  return {
    ...{ jobs, authenticator: jobs, timeoutMs },
    async tellToExit(spec, exitCode) {
      await mkdir(join(scratchDir, spec.name));
      await writeFile(fileOf(spec, "exit-code"), String(exitCode));
    },
    async worker(spec) {
      const read = () => readFile(fileOf(spec, "started.json"), "utf8");
      const { pid, token } = JSON.parse(
        await vi.waitFor(read, { timeout: timeoutMs, interval: 20 }),
      ) as WorkerStarted;
      return { token, runs: async () => isAlive(pid) };
    },
    async stop() {
      await Promise.all([jobs.stop(), host.stop()]);
      await rm(scratchDir, { recursive: true, force: true });
    },
  };
});

describeJobPort("one process, as functions", async (): Promise<JobPortHarness> => {
  const exits = new Map<string, number>();
  const running = new Map<string, string>();
  const jobs = new InProcessJobs(async ({ name }, token, signal) => {
    const exitCode = exits.get(name);
    if (exitCode !== undefined) return exitCode;
    running.set(name, token);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    running.delete(name);
    return 137;
  });
  return {
    ...{ jobs, authenticator: jobs, timeoutMs },
    tellToExit: async (spec, exitCode) => void exits.set(spec.name, exitCode),
    async worker({ name }) {
      const token = await vi.waitUntil(() => running.get(name), { timeout: timeoutMs });
      return { token, runs: async () => running.has(name) };
    },
    stop: async () => {},
  };
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
