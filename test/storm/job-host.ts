import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
import type { JobPort, JobSpec, WorkAuthenticator } from "@transpod/contract/ports.ts";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import { listen } from "@transpod/runtime/http-server.ts";
import { runService } from "@transpod/runtime/process.ts";
import { WorkClient } from "@transpod/transcoder-image/work/work-client.ts";
import { noopAttempt } from "../noop-attempt.ts";
import { InProcessJobs } from "./in-process-jobs.ts";
import { randomFrom } from "@transpod/api/forecast/random.ts";
import { pick } from "./random.ts";

/**
 * Where Jobs run during a storm: a separate process, so that they outlive the controller as on a
 * cluster. It answers remote-jobs.ts on loopback, and kills workers when the storm asks for it.
 */
export interface JobHostOptions {
  port: number;
  workUrl: string;
  scratchDir: string;
  /** Workers that transcode nothing, all in this process; or a program that each runs as a process. */
  workers: "noop" | { entryPoint: string };
  seed: number;
}

interface Host extends Workers {
  stop(): Promise<void>;
}

interface Workers {
  jobs: JobPort & WorkAuthenticator;
  /** Kills one worker of those that run. False when there is none, or it was gone before. */
  kill: () => Promise<boolean>;
}

export const realWorker = fileURLToPath(new URL("worker.ts", import.meta.url));

function startWorkers({ workUrl, scratchDir, workers, seed }: JobHostOptions): Host {
  const random = randomFrom(seed);
  if (workers === "noop") {
    const jobs = new InProcessJobs((_spec, value, signal, worker) =>
      noopAttempt(
        new WorkClient({ workUrl, token: { value } }),
        { worker, scratchDir: tmpdir() },
        signal,
      ),
    );
    return {
      jobs,
      async kill() {
        const running = (await jobs.list()).filter(({ phase }) => phase === "running");
        return running.length > 0 && jobs.kill(pick(random, running).name, random() < 0.5, random);
      },
      stop: async () => {},
    };
  }
  const jobs = new ChildProcessJobs({
    ...{ workUrl, scratchDir, cpusPerJob: 1, logLevel: "silent", onLine: () => {} },
    entryPoint: workers.entryPoint,
  });
  return {
    jobs,
    async kill() {
      const running = readdirSync(scratchDir);
      return running.length > 0 && killWorkerIn(join(scratchDir, pick(random, running)));
    },
    stop: () => jobs.stop(),
  };
}

/** By the pid that worker.ts left in its folder. */
function killWorkerIn(folder: string): boolean {
  try {
    return process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), "SIGKILL");
  } catch {
    return false;
  }
}

function createHostApp({ jobs, kill }: Workers) {
  const app = express();
  app.use(express.json());
  app.post("/jobs", async (request, response) => {
    response.json({ answer: await jobs.create(request.body as JobSpec) });
  });
  app.get("/jobs", async (_request, response) => {
    response.json(await jobs.list());
  });
  app.get("/jobs/:name", async (request, response) => {
    response.json((await jobs.get(request.params.name)) ?? null);
  });
  app.put("/jobs/:name/workers", async (request, response) => {
    const { started } = request.body as { started: number };
    await jobs.setWorkers(request.params.name, started);
    response.json({});
  });
  app.delete("/jobs/:name", async (request, response) => {
    await jobs.remove(request.params.name);
    response.json({});
  });
  app.post("/authenticate", async (request, response) => {
    const { token } = request.body as { token: string };
    const ref = await jobs.authenticate(token);
    response.json(ref === undefined ? null : { fileId: ref.fileId, attempt: ref.attempt });
  });
  app.post("/kill", async (_request, response) => {
    response.json({ killed: await kill() });
  });
  const watchers = new Set<express.Response>();
  jobs.onChange(({ fileId, attempt }) => {
    for (const watcher of watchers) watcher.write(`${JSON.stringify({ fileId, attempt })}\n`);
  });
  app.get("/changes", (_request, response) => {
    response.type("application/x-ndjson").flushHeaders();
    watchers.add(response);
    response.on("close", () => watchers.delete(response));
  });
  return app;
}

export async function startJobHost(options: JobHostOptions): Promise<Host> {
  const workers = startWorkers(options);
  const server = await listen(createHostApp(workers), { port: options.port, host: "127.0.0.1" });
  return {
    ...workers,
    async stop() {
      await server.close(0);
      await workers.stop();
    },
  };
}

if (import.meta.main) {
  const options = JSON.parse(process.env["JOB_HOST"] ?? "") as JobHostOptions;
  await runService(() => startJobHost(options));
}
