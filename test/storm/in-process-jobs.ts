import { randomBytes } from "node:crypto";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobPort, JobSpec, JobStatus, WorkAuthenticator } from "@transpod/contract/ports.ts";

/** What runs in a Job: resolves with its exit code. It counts as dead after the signal is aborted. */
export type Work = (spec: JobSpec, token: string, signal: AbortSignal) => Promise<number>;

interface Job {
  status: JobStatus;
  token: string;
  life: AbortController;
}

const rememberEndedMs = 15_000;

/** Jobs as functions of one process: ten thousand of them cost no process each. */
export class InProcessJobs implements JobPort, WorkAuthenticator {
  readonly #work: Work;
  readonly #jobs = new Map<string, Job>();
  readonly #tokens = new Map<string, Job>();
  readonly #listeners = new Set<(ref: AttemptRef) => void>();

  constructor(work: Work) {
    this.#work = work;
  }

  async create(spec: JobSpec): Promise<"created" | "exists"> {
    if (this.#jobs.has(spec.name)) return "exists";
    const { fileId, attempt, name } = spec;
    const job: Job = {
      status: {
        ...{ fileId, attempt, name, phase: "running" },
        ...{ exitCode: null, disrupted: false, why: null, endedAt: null },
        workers: { started: 1, ended: 0 },
      },
      token: randomBytes(16).toString("base64url"),
      life: new AbortController(),
    };
    this.#jobs.set(name, job);
    this.#tokens.set(job.token, job);
    void this.#work(spec, job.token, job.life.signal)
      .catch(() => 1)
      .then((exitCode) => this.#end(job, { exitCode, disrupted: false }));
    return "created";
  }

  async get(name: string): Promise<JobStatus | undefined> {
    return this.#jobs.get(name)?.status;
  }

  async list(): Promise<JobStatus[]> {
    return [...this.#jobs.values()].map(({ status }) => status);
  }

  /** Jobs have one worker: `maxWorkers` is 1. */
  async setWorkers(): Promise<void> {}

  async remove(name: string): Promise<void> {
    const job = this.#jobs.get(name);
    if (job === undefined) return;
    this.#forget(job);
    job.life.abort();
  }

  async recordEvent(): Promise<void> {}

  onChange(listener: (ref: AttemptRef) => void): void {
    this.#listeners.add(listener);
  }

  async authenticate(token: string): Promise<AttemptRef | undefined> {
    return this.#tokens.get(token)?.status;
  }

  /** Ends a worker like SIGKILL, or like a platform that preempts it. False when there is none. */
  kill(name: string, disrupted: boolean): boolean {
    const job = this.#jobs.get(name);
    if (job?.status.phase !== "running") return false;
    this.#end(job, { exitCode: disrupted ? null : 137, disrupted });
    return true;
  }

  #end(job: Job, { exitCode, disrupted }: Pick<JobStatus, "exitCode" | "disrupted">): void {
    if (job.status.phase !== "running") return;
    job.status = {
      ...job.status,
      phase: exitCode === 0 ? "succeeded" : "failed",
      ...{ exitCode, disrupted, endedAt: new Date() },
      workers: { started: 1, ended: 1 },
    };
    job.life.abort();
    setTimeout(() => this.#forget(job), rememberEndedMs).unref();
    if (!this.#jobs.has(job.status.name)) return;
    for (const listener of this.#listeners) listener(job.status);
  }

  #forget(job: Job): void {
    this.#tokens.delete(job.token);
    if (this.#jobs.get(job.status.name) === job) this.#jobs.delete(job.status.name);
  }
}
