import { randomBytes } from "node:crypto";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobPort, JobSpec, JobStatus, WorkAuthenticator } from "@transpod/contract/ports.ts";
import { workersStatus, type WorkerEnd } from "@transpod/embedded/workers-status.ts";
import { pick } from "./random.ts";

/** What a worker does: resolves with its exit code. It counts as dead after the signal is aborted. */
export type Work = (
  spec: JobSpec,
  token: string,
  signal: AbortSignal,
  worker: string,
) => Promise<number>;

interface Job {
  spec: JobSpec;
  token: string;
  /** One for each worker that was started. Aborted when it has ended. */
  lives: AbortController[];
  /** In the order in which the workers ended. */
  ends: WorkerEnd[];
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
    const job = { spec, token: randomBytes(16).toString("base64url"), lives: [], ends: [] };
    this.#jobs.set(spec.name, job);
    this.#tokens.set(job.token, job);
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
    while (job.lives.length < started) this.#startWorker(job);
  }

  async remove(name: string): Promise<void> {
    const job = this.#jobs.get(name);
    if (job === undefined) return;
    this.#forget(job);
    for (const life of job.lives) life.abort();
  }

  async recordEvent(): Promise<void> {}

  onChange(listener: (ref: AttemptRef) => void): void {
    this.#listeners.add(listener);
  }

  async authenticate(token: string): Promise<AttemptRef | undefined> {
    return this.#tokens.get(token)?.spec;
  }

  /** Ends one worker of the Job like SIGKILL, or like a platform that preempts it. False when none runs. */
  kill(name: string, disrupted: boolean, random: () => number): boolean {
    const job = this.#jobs.get(name);
    const running = job?.lives.filter(({ signal }) => !signal.aborted) ?? [];
    if (job === undefined || running.length === 0) return false;
    const life = pick(random, running);
    this.#end(job, life, disrupted ? null : 137);
    return true;
  }

  #startWorker(job: Job): void {
    const life = new AbortController();
    const worker = job.lives.length === 0 ? job.spec.name : `${job.spec.name}-${job.lives.length}`;
    job.lives.push(life);
    void this.#work(job.spec, job.token, life.signal, worker)
      .catch(() => 1)
      .then((exitCode) => this.#end(job, life, exitCode));
  }

  /** Without an exit code the platform ended it. */
  #end(job: Job, life: AbortController, exitCode: number | null): void {
    if (life.signal.aborted) return;
    job.ends.push({ exitCode, disrupted: exitCode === null, at: new Date(), workerLog: null });
    life.abort();
    if (statusOf(job).endedAt !== null) {
      setTimeout(() => this.#forget(job), rememberEndedMs).unref();
    }
    if (!this.#jobs.has(job.spec.name)) return;
    for (const listener of this.#listeners) listener(job.spec);
  }

  #forget(job: Job): void {
    this.#tokens.delete(job.token);
    if (this.#jobs.get(job.spec.name) === job) this.#jobs.delete(job.spec.name);
  }
}

function statusOf({ spec: { fileId, attempt, name }, lives, ends }: Job): JobStatus {
  return { fileId, attempt, name, ...workersStatus(lives.length, ends) };
}
