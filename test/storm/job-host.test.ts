import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { vi } from "vitest";
import { describeJobPort, type JobPortHarness } from "../job-port-contract.ts";
import { scriptedWorker, scriptedWorkers } from "../scripted-workers.ts";
import { InProcessJobs } from "./in-process-jobs.ts";
import { startJobHost } from "./job-host.ts";
import { RemoteJobs } from "./remote-jobs.ts";

const timeoutMs = 30_000;

describeJobPort("the storm's host, over HTTP", async (): Promise<JobPortHarness> => {
  const scratchDir = await mkdtemp(join(tmpdir(), "transpod-test-host-"));
  const port = await getPort({ host: "127.0.0.1" });
  const host = await startJobHost({
    ...{ port, workUrl: "http://127.0.0.1:9", scratchDir, seed: 1 },
    workers: { entryPoint: scriptedWorker },
  });
  const jobs = new RemoteJobs(`http://127.0.0.1:${port}`);
  return {
    ...{ jobs, authenticator: jobs, timeoutMs },
    ...scriptedWorkers(scratchDir, timeoutMs),
    async stop() {
      await Promise.all([jobs.stop(), host.stop()]);
      await rm(scratchDir, { recursive: true, force: true });
    },
  };
});

describeJobPort("one process, as functions", async (): Promise<JobPortHarness> => {
  const exits = new Map<string, number>();
  const running = new Map<string, { token: string; end: (exitCode: number) => void }>();
  const jobs = new InProcessJobs(async ({ name }, token, signal, worker) => {
    const exitCode = exits.get(name);
    if (exitCode !== undefined) return exitCode;
    const { promise, resolve: end } = Promise.withResolvers<number>();
    running.set(worker, { token, end });
    signal.addEventListener("abort", () => end(137));
    return await promise.finally(() => running.delete(worker));
  });
  return {
    ...{ jobs, authenticator: jobs, timeoutMs },
    tellToExit: async (spec, exitCode) => void exits.set(spec.name, exitCode),
    async worker({ name }, index = 0) {
      const worker = index === 0 ? name : `${name}-${index}`;
      const { token, end } = await vi.waitUntil(() => running.get(worker), { timeout: timeoutMs });
      return {
        token,
        runs: async () => running.has(worker),
        end: async (exitCode) => end(exitCode),
      };
    },
    stop: async () => {},
  };
});
