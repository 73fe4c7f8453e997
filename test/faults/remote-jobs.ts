import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobPort, JobSpec, JobStatus, WorkAuthenticator } from "@transpod/contract/ports.ts";

/**
 * Jobs that outlive their controller, as on a cluster: they are child processes of the test, and
 * controllers in separate processes use them over HTTP.
 */
export async function serveJobs(jobs: JobPort & WorkAuthenticator) {
  /** Names of the Jobs that were created, in order. */
  const created: string[] = [];
  const methods: Record<string, (request: unknown) => Promise<unknown>> = {
    async create(spec) {
      const answer = await jobs.create(spec as JobSpec);
      if (answer === "created") created.push((spec as JobSpec).name);
      return answer;
    },
    get: (name) => jobs.get(name as string),
    list: () => jobs.list(),
    setWorkers: (request) => {
      const { name, started } = request as { name: string; started: number };
      return jobs.setWorkers(name, started);
    },
    remove: (name) => jobs.remove(name as string),
    authenticate: async (token) => {
      const found = await jobs.authenticate(token as string);
      return found && { fileId: found.fileId, attempt: found.attempt };
    },
  };
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await methods[request.url?.slice(1) ?? ""]?.(await json(request));
      response.end(JSON.stringify({ answer }));
    })();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    created,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The controller's side. It gets no notifications: the sweep finds changes. */
export class RemoteJobs implements JobPort, WorkAuthenticator {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  create(spec: JobSpec) {
    return this.#ask<"created" | "exists">("create", spec);
  }

  async get(name: string): Promise<JobStatus | undefined> {
    const status = await this.#ask<JobStatus | undefined>("get", name);
    return status && revive(status);
  }

  async list(): Promise<JobStatus[]> {
    return (await this.#ask<JobStatus[]>("list", null)).map(revive);
  }

  setWorkers(name: string, started: number) {
    return this.#ask<void>("setWorkers", { name, started });
  }

  remove(name: string) {
    return this.#ask<void>("remove", name);
  }

  async recordEvent(): Promise<void> {}

  onChange(): void {}

  authenticate(token: string) {
    return this.#ask<AttemptRef | undefined>("authenticate", token);
  }

  async #ask<T>(method: string, request: unknown): Promise<T> {
    const body = JSON.stringify(request);
    const response = await fetch(`${this.#url}/${method}`, { method: "POST", body });
    return ((await response.json()) as { answer: T }).answer;
  }
}

function revive(status: JobStatus): JobStatus {
  return { ...status, endedAt: status.endedAt && new Date(status.endedAt) };
}
