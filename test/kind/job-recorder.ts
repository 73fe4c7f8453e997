import { createInterface } from "node:readline";
import { execa } from "execa";
import { attemptLabel, fileLabel } from "@transpod/contract/job-identity.ts";
import type { Job } from "./objects.ts";
import { installation } from "./tools.ts";

/** A Job of a file, also after its deletion. */
export interface SeenJob {
  name: string;
  attempt: number;
  memoryLimit: string;
}

/** Records every Job of a transcoder while it watches. */
export class JobRecorder implements AsyncDisposable {
  readonly #jobs = new Map<string, Job>();
  readonly #watch = watchJobs();
  readonly #ended: Promise<void>;

  constructor() {
    this.#ended = this.#read();
  }

  /** All Jobs of the file, in the order of attempts. */
  of(fileId: string): SeenJob[] {
    return [...this.#jobs.values()]
      .filter(({ metadata }) => metadata.labels?.[fileLabel] === fileId)
      .map(({ metadata, spec }) => ({
        name: metadata.name,
        attempt: Number(metadata.labels?.[attemptLabel]),
        memoryLimit: spec.template.spec.containers[0]?.resources?.limits?.["memory"] ?? "",
      }))
      .toSorted((a, b) => a.attempt - b.attempt);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch.kill("SIGKILL");
    await this.#ended;
  }

  /** Objects come one after the other, indented: the last line of each is a brace alone. */
  async #read(): Promise<void> {
    let lines: string[] = [];
    for await (const line of createInterface(this.#watch.stdout)) {
      lines.push(line);
      if (line !== "}") continue;
      const job = JSON.parse(lines.join("\n")) as Job;
      this.#jobs.set(job.metadata.uid, job);
      lines = [];
    }
    await this.#watch;
  }
}

function watchJobs() {
  const { context, namespace } = installation;
  const what = ["get", "jobs", "-l", "app.kubernetes.io/component=transcoder"];
  return execa(
    "kubectl",
    ["--context", context, "--namespace", namespace, ...what, "--watch", "-o", "json"],
    { reject: false, stdin: "ignore", stderr: "ignore" },
  );
}
