import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobPort, JobSpec, JobStatus, WorkAuthenticator } from "@transpod/contract/ports.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { UnavailableError } from "@transpod/runtime/unavailable.ts";

const timeoutMs = 10_000;

/** The Jobs of job-host.ts, as the controller sees them. */
export class RemoteJobs implements JobPort, WorkAuthenticator, Service {
  readonly #url: string;
  readonly #listeners = new Set<(ref: AttemptRef) => void>();
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;

  constructor(url: string) {
    this.#url = url;
    this.#watching = this.#watch();
  }

  async create(spec: JobSpec): Promise<"created" | "exists"> {
    const { answer } = await this.#ask<{ answer: "created" | "exists" }>("POST", "/jobs", spec);
    return answer;
  }

  async get(name: string): Promise<JobStatus | undefined> {
    const status = await this.#ask<JobStatus | null>("GET", `/jobs/${name}`);
    return status === null ? undefined : revive(status);
  }

  async list(): Promise<JobStatus[]> {
    return (await this.#ask<JobStatus[]>("GET", "/jobs")).map(revive);
  }

  async setWorkers(name: string, started: number): Promise<void> {
    await this.#ask("PUT", `/jobs/${name}/workers`, { started });
  }

  async remove(name: string): Promise<void> {
    await this.#ask("DELETE", `/jobs/${name}`);
  }

  async recordEvent(): Promise<void> {}

  onChange(listener: (ref: AttemptRef) => void): void {
    this.#listeners.add(listener);
  }

  async authenticate(token: string): Promise<AttemptRef | undefined> {
    return (await this.#ask<AttemptRef | null>("POST", "/authenticate", { token })) ?? undefined;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        ...(body && {
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`);
      return (await response.json()) as T;
    } catch (cause) {
      throw new UnavailableError("The place where Jobs run", cause);
    }
  }

  /** The sweep finds changes during a lost connection. */
  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#watchOnce(signal).catch(() => {});
      await delay(200, undefined, { signal }).catch(() => {});
    }
  }

  async #watchOnce(signal: AbortSignal): Promise<void> {
    const { body } = await fetch(`${this.#url}/changes`, { signal });
    if (body === null) return;
    for await (const line of createInterface(Readable.fromWeb(body))) {
      const ref = JSON.parse(line) as AttemptRef;
      for (const listener of this.#listeners) listener(ref);
    }
  }
}

function revive(status: JobStatus): JobStatus {
  return { ...status, endedAt: status.endedAt === null ? null : new Date(status.endedAt) };
}
