import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobPort, JobSpec, JobStatus, WorkAuthenticator } from "@transpod/contract/ports.ts";
import { LogTail } from "@transpod/transcoder-image/log-tail.ts";
import { startChild, type Child, type ChildExit } from "./child.ts";
import { workersStatus, type WorkerEnd } from "./workers-status.ts";

const transcoder = fileURLToPath(new URL("../transcoder-image/main.ts", import.meta.url));
const rememberEndedMs = 10 * 60_000;

export interface ChildProcessJobsOptions {
  workUrl: string;
  /** Each worker has its own folder in here, which is removed with it. */
  scratchDir: string;
  /** For each worker. */
  cpusPerJob: number;
  logLevel: string;
  onLine: (line: string) => void;
  /** The program of a Job; by default the transcoder. */
  entryPoint?: string;
}

interface Job extends AttemptRef {
  name: string;
  token: string;
  tokenHash: string;
  children: Child[];
  /** In the order in which the workers ended. */
  ends: WorkerEnd[];
}

/**
 * Jobs as child processes: the embedded counterpart of Kubernetes. A Job's workers have its random
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
    const { name, fileId, attempt } = spec;
    const secret = { token, tokenHash: hash(token) };
    const job: Job = { name, fileId, attempt, ...secret, children: [], ends: [] };
    this.#jobs.set(name, job);
    this.#startWorker(job);
    return "created";
  }

  async get(name: string): Promise<JobStatus | undefined> {
    const job = this.#jobs.get(name);
    return job && statusOf(job);
  }

  async list(): Promise<JobStatus[]> {
    return [...this.#jobs.values()].map(statusOf);
  }

  async setWorkers(name: string, started: number): Promise<void> {
    const job = this.#jobs.get(name);
    if (job === undefined || statusOf(job).endedAt !== null) return;
    while (job.children.length < started) this.#startWorker(job);
  }

  async remove(name: string): Promise<void> {
    const job = this.#jobs.get(name);
    this.#jobs.delete(name);
    await Promise.all((job?.children ?? []).map((child) => child.stop()));
  }

  /** Not recorded: status and log have the same information. */
  async recordEvent(): Promise<void> {}

  onChange(listener: (ref: AttemptRef) => void): void {
    this.#listeners.add(listener);
  }

  async authenticate(token: string): Promise<AttemptRef | undefined> {
    // Looked up by hash, so that timing does not reveal how much of a token was right.
    const tokenHash = hash(token);
    const job = this.#jobs.values().find((one) => one.tokenHash === tokenHash);
    return job && refOf(job);
  }

  /** Ends all workers. The next process with this data starts their attempts again. */
  async stop(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map((name) => this.remove(name)));
  }

  #startWorker(job: Job): void {
    const index = job.children.length;
    const worker = index === 0 ? job.name : `${job.name}-${index}`;
    const tail = new LogTail();
    const child = this.#start(worker, job.token, tail);
    job.children.push(child);
    void child.exited.then((exit) => this.#ended(job, worker, exit, tail));
  }

  #start(worker: string, token: string, tail: LogTail): Child {
    const {
      workUrl,
      scratchDir,
      cpusPerJob,
      logLevel,
      onLine,
      entryPoint = transcoder,
    } = this.#options;
    mkdirSync(this.#scratchOf(worker), { recursive: true });
    return startChild({
      // The API must answer at once, however busy the encoders are.
      command: "nice",
      args: ["-n", "10", process.execPath, entryPoint],
      env: {
        PATH: process.env["PATH"],
        WORK_URL: workUrl,
        WORK_TOKEN: token,
        WORKER: worker,
        SCRATCH_DIR: this.#scratchOf(worker),
        CPU_LIMIT: String(cpusPerJob),
        LOG_LEVEL: logLevel,
        // The second worker starts in 0.17 s where the first takes 0.28 s.
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(scratchDir, "compile-cache"),
      },
      // A stopped worker has nothing to save: its files are removed with the Job.
      graceMs: 1_000,
      onLine: (line) => {
        tail.push(line);
        onLine(line);
      },
    });
  }

  #scratchOf(worker: string): string {
    return join(this.#options.scratchDir, worker);
  }

  #ended(job: Job, worker: string, { code, signal }: ChildExit, tail: LogTail): void {
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    job.ends.push({ exitCode, disrupted: false, at: new Date(), workerLog: tail.read() });
    // A worker that was killed leaves its files behind.
    void rm(this.#scratchOf(worker), { recursive: true, force: true })
      .catch(() => {}) // the next start clears the folder
      .then(() => {
        for (const listener of this.#listeners) listener(refOf(job));
      });
  }

  #forgetEnded(): void {
    const before = Date.now() - rememberEndedMs;
    for (const [name, job] of this.#jobs) {
      const { endedAt } = statusOf(job);
      if (endedAt !== null && endedAt.getTime() < before) this.#jobs.delete(name);
    }
  }
}

/** Without the token. */
function refOf({ fileId, attempt }: Job): AttemptRef {
  return { fileId, attempt };
}

function statusOf(job: Job): JobStatus {
  return { ...refOf(job), name: job.name, ...workersStatus(job.children.length, job.ends) };
}

function hash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
