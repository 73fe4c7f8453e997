import { randomBytes } from "node:crypto";
import { execa } from "execa";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobPort, JobSpec, JobStatus, WorkAuthenticator } from "@transpod/contract/ports.ts";
import { docker, addHostOption, restricted } from "./docker.ts";
import { images } from "./images.ts";

interface Job {
  status: JobStatus;
  token: string;
  ended: Promise<unknown>;
}

/** Jobs as containers of the transcoder's image, on this machine. */
export class ContainerJobs implements JobPort, WorkAuthenticator {
  readonly #workUrl: string;
  readonly #jobs = new Map<string, Job>();
  readonly #listeners = new Set<(ref: AttemptRef) => void>();

  constructor(workUrl: string) {
    this.#workUrl = workUrl;
  }

  async create({ name, fileId, attempt }: JobSpec): Promise<"created" | "exists"> {
    if (this.#jobs.has(name)) return "exists";
    const token = randomBytes(32).toString("base64url");
    const container = execa("docker", this.#run(name, token), { reject: false, all: true });
    const status = { fileId, attempt, name, exitCode: null, disrupted: false, why: null };
    const job: Job = {
      status: { ...status, phase: "running", endedAt: null, workers: { started: 1, ended: 0 } },
      token,
      ended: container.then(({ exitCode = null }) => {
        const phase = exitCode === 0 ? "succeeded" : "failed";
        const workers = { started: 1, ended: 1 };
        job.status = { ...job.status, phase, exitCode, endedAt: new Date(), workers };
        for (const listener of this.#listeners) listener(job.status);
      }),
    };
    this.#jobs.set(name, job);
    return "created";
  }

  async get(name: string): Promise<JobStatus | undefined> {
    return this.#jobs.get(name)?.status;
  }

  async list(): Promise<JobStatus[]> {
    return [...this.#jobs.values()].map((job) => job.status);
  }

  /** One worker each: the videos of this suite are too small to be cut. */
  async setWorkers(): Promise<void> {}

  async remove(name: string): Promise<void> {
    const job = this.#jobs.get(name);
    this.#jobs.delete(name);
    if (job?.status.phase === "running") await docker(["rm", "--force", name]);
    await job?.ended;
  }

  async recordEvent(): Promise<void> {}

  onChange(listener: (ref: AttemptRef) => void): void {
    this.#listeners.add(listener);
  }

  async authenticate(token: string): Promise<AttemptRef | undefined> {
    return this.#jobs.values().find((job) => job.token === token)?.status;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map((name) => this.remove(name)));
  }

  #run(name: string, token: string): string[] {
    const environment = {
      WORK_URL: this.#workUrl,
      WORK_TOKEN: token,
      WORKER: name,
      SCRATCH_DIR: "/scratch",
      CPU_LIMIT: "2",
    };
    return [
      ...["run", "--rm", "--name", name, ...restricted, ...addHostOption],
      ...Object.entries(environment).flatMap((pair) => ["--env", pair.join("=")]),
      images.transcoder,
    ];
  }
}
