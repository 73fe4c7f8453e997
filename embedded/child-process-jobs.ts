import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobPort, JobSpec, JobStatus, WorkAuthenticator } from "@transpod/contract/ports.ts";
import { startChild, type Child, type ChildExit } from "./child.ts";

const transcoder = fileURLToPath(new URL("../transcoder-image/main.ts", import.meta.url));
const rememberEndedMs = 10 * 60_000;

export interface ChildProcessJobsOptions {
  workUrl: string;
  /** Each Job has its own folder in here, which is removed with it. */
  scratchDir: string;
  cpusPerJob: number;
  logLevel: string;
  onLine: (line: string) => void;
  /** The program of a Job; by default the transcoder. */
  entryPoint?: string;
}

interface Job {
  status: JobStatus;
  child: Child;
  tokenHash: string;
}

/**
 * Jobs as child processes: the embedded counterpart of Kubernetes. A Job's worker has its own random
 * token and no other secret. Jobs end with this process.
 */
export class ChildProcessJobs implements JobPort, WorkAuthenticator {
  readonly #options: ChildProcessJobsOptions;
  readonly #jobs = new Map<string, Job>();
  readonly #listeners = new Set<(ref: AttemptRef) => void>();

  constructor(options: ChildProcessJobsOptions) {
    this.#options = options;
  }

  async create(spec: JobSpec): Promise<"created" | "exists"> {
    this.#forgetEnded();
    if (this.#jobs.has(spec.name)) return "exists";
    const token = randomBytes(32).toString("base64url");
    const job: Job = {
      status: {
        fileId: spec.fileId,
        attempt: spec.attempt,
        name: spec.name,
        phase: "running",
        exitCode: null,
        disrupted: false,
        why: null,
        endedAt: null,
        workers: { started: 1, ended: 0 },
      },
      child: this.#start(spec.name, token),
      tokenHash: hash(token),
    };
    this.#jobs.set(spec.name, job);
    void job.child.exited.then((exit) => this.#ended(job, exit));
    return "created";
  }

  async get(name: string): Promise<JobStatus | undefined> {
    return this.#jobs.get(name)?.status;
  }

  async list(): Promise<JobStatus[]> {
    return [...this.#jobs.values()].map((job) => job.status);
  }

  /** Jobs have one worker: `maxWorkers` is 1. */
  async setWorkers(): Promise<void> {}

  async remove(name: string): Promise<void> {
    const job = this.#jobs.get(name);
    this.#jobs.delete(name);
    await job?.child.stop();
  }

  /** Not recorded: status and log have the same information. */
  async recordEvent(): Promise<void> {}

  onChange(listener: (ref: AttemptRef) => void): void {
    this.#listeners.add(listener);
  }

  async authenticate(token: string): Promise<AttemptRef | undefined> {
    // Looked up by hash, so that timing does not reveal how much of a token was right.
    const tokenHash = hash(token);
    return this.#jobs.values().find((job) => job.tokenHash === tokenHash)?.status;
  }

  /** Ends all workers. The next process with this data starts their attempts again. */
  async stop(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map((name) => this.remove(name)));
  }

  #start(name: string, token: string): Child {
    const {
      workUrl,
      scratchDir,
      cpusPerJob,
      logLevel,
      onLine,
      entryPoint = transcoder,
    } = this.#options;
    mkdirSync(this.#scratchOf(name), { recursive: true });
    return startChild({
      // The API must answer at once, however busy the encoders are.
      command: "nice",
      args: ["-n", "10", process.execPath, entryPoint],
      env: {
        PATH: process.env["PATH"],
        WORK_URL: workUrl,
        WORK_TOKEN: token,
        WORKER: name,
        SCRATCH_DIR: this.#scratchOf(name),
        CPU_LIMIT: String(cpusPerJob),
        LOG_LEVEL: logLevel,
        // The second worker starts in 0.17 s where the first takes 0.28 s.
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(scratchDir, "compile-cache"),
      },
      // A stopped worker has nothing to save: its files are removed with the Job.
      graceMs: 1_000,
      onLine,
    });
  }

  #scratchOf(name: string): string {
    return join(this.#options.scratchDir, name);
  }

  #ended(job: Job, { code, signal }: ChildExit): void {
    job.status = {
      ...job.status,
      phase: code === 0 ? "succeeded" : "failed",
      exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
      endedAt: new Date(),
      workers: { started: 1, ended: 1 },
    };
    // A worker that was killed leaves its files behind.
    void rm(this.#scratchOf(job.status.name), { recursive: true, force: true })
      .catch(() => {}) // the next start clears the folder
      .then(() => {
        for (const listener of this.#listeners) listener(job.status);
      });
  }

  #forgetEnded(): void {
    const before = Date.now() - rememberEndedMs;
    for (const [name, { status }] of this.#jobs) {
      if (status.endedAt !== null && status.endedAt.getTime() < before) this.#jobs.delete(name);
    }
  }
}

function hash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
