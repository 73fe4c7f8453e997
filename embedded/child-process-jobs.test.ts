import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ChildProcessJobs } from "./child-process-jobs.ts";

test("a worker that is killed leaves its last lines, without secrets", async () => {
  const scratchDir = await mkdtemp(join(tmpdir(), "transpod-test-jobs-"));
  const entryPoint = join(scratchDir, "worker.mjs");
  await writeFile(
    entryPoint,
    `console.log(JSON.stringify({ event: "phase", phase: "encode", url: "http://s3/a?X-Amz-Signature=b" }));
     process.kill(process.pid, "SIGKILL");`,
  );
  const jobs = new ChildProcessJobs({
    ...{ workUrl: "http://127.0.0.1:9", scratchDir, cpusPerJob: 1, entryPoint },
    ...{ logLevel: "info", onLine: () => {} },
  });
  try {
    await jobs.create({
      ...{ fileId: "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11", attempt: 1, name: "a" },
      ...{ sourceSizeBytes: 1, memoryScale: 1, deadlineSeconds: 60, maxWorkers: 1 },
    });
    const status = await vi.waitUntil(
      async () => {
        const found = await jobs.get("a");
        return found?.phase === "failed" && found;
      },
      { timeout: 20_000, interval: 20 },
    );
    expect(status).toMatchObject({
      exitCode: 137,
      workerLog: expect.stringContaining("phase phase=encode url=http://s3/a?[removed]"),
    });
  } finally {
    await jobs.stop();
    await rm(scratchDir, { recursive: true });
  }
});
