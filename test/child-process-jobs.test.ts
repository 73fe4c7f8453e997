import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import { describeJobPort, type JobPortHarness } from "./job-port-contract.ts";
import { scriptedWorker, scriptedWorkers } from "./scripted-workers.ts";

const timeoutMs = 20_000;

describeJobPort("this machine, as child processes", async (): Promise<JobPortHarness> => {
  const scratchDir = await mkdtemp(join(tmpdir(), "transpod-test-jobs-"));
  const jobs = new ChildProcessJobs({
    workUrl: "http://127.0.0.1:9",
    scratchDir,
    cpusPerJob: 1,
    logLevel: "silent",
    onLine: () => {},
    entryPoint: scriptedWorker,
  });
  return {
    ...{ jobs, authenticator: jobs, timeoutMs },
    ...scriptedWorkers(scratchDir, timeoutMs),
    async stop() {
      await jobs.stop();
      await rm(scratchDir, { recursive: true, force: true });
    },
  };
});
