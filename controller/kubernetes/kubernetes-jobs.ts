import type { CoreV1Event, V1Job } from "@kubernetes/client-node";
import { TranspodError } from "@transpod/contract/errors.ts";
import { attemptOf, type AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobEvent, JobPort, JobSpec, JobStatus } from "@transpod/contract/ports.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { ApiClient } from "./api-client.ts";
import { ask, isRefusal } from "./api-errors.ts";
import { EndedPods } from "./ended-pods.ts";
import { growth } from "./growth.ts";
import { attemptLabels, hasLabels, instanceLabels } from "./job-labels.ts";
import { isAbandoned, jobStatus } from "./job-status.ts";
import type { WatchedList } from "./watched-list.ts";
import type { Job, Pod } from "./wire.ts";
import { isElastic } from "./workers.ts";

export interface KubernetesJobsOptions {
  client: ApiClient;
  namespace: string;
  /** Tells our Jobs from those of another installation. */
  instance: string;
  manifest: (spec: JobSpec) => V1Job;
  jobs: WatchedList<Job>;
  pods: WatchedList<Pod>;
  log: Logger;
}

/** The limit of Kubernetes. */
const messageLimit = 1024;
/** Each one that is refused means that another call has started workers. */
const growthTries = 5;

/** Jobs as Kubernetes Jobs, with one pod for each worker. What Jobs do is read from lists that follow the API server. */
export class KubernetesJobs implements JobPort {
  readonly #options: KubernetesJobsOptions;
  readonly #endedPods: EndedPods;

  constructor(options: KubernetesJobsOptions) {
    this.#options = options;
    this.#endedPods = new EndedPods(options.jobs, options.pods);
  }

  /**
   * Throws ApiServerError or UnavailableError; JobGoingError while an older Job of this name is being
   * deleted.
   */
  async create(spec: JobSpec): Promise<"created" | "exists" | "name_taken"> {
    const { client, namespace, manifest } = this.#options;
    const request = client.batch.createNamespacedJob({ namespace, body: manifest(spec) });
    try {
      await ask(`create Job ${spec.name}`, request);
      return "created";
    } catch (error) {
      if (!isRefusal(error, 409)) throw error;
      return await this.#adopt(spec);
    }
  }

  async get(name: string): Promise<JobStatus | undefined> {
    const job = await this.#options.jobs.find(name);
    return job === undefined ? undefined : this.#statusOf(job);
  }

  async list(): Promise<JobStatus[]> {
    const statuses = this.#options.jobs.values().map((job) => this.#statusOf(job));
    return statuses.filter((status) => status !== undefined);
  }

  /** Throws ApiServerError or UnavailableError. A Job that is not elastic can't grow. */
  async setWorkers(name: string, started: number): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#grow(name, started);
      } catch (error) {
        if (isRefusal(error, 404)) return;
        if (!isRefusal(error, 422) || tries === growthTries) throw error;
      }
    }
  }

  async remove(name: string): Promise<void> {
    const { client, namespace } = this.#options;
    const job = await this.#options.jobs.find(name);
    if (job === undefined || !this.#isOurs(job)) return;
    const uid = job.metadata?.uid;
    const request = client.batch.deleteNamespacedJob({
      name,
      namespace,
      body: {
        // The uid protects a Job that was created since under the same name.
        preconditions: uid === undefined ? {} : { uid },
        // By default the API server would leave the pod running.
        propagationPolicy: "Background",
      },
    });
    try {
      await ask(`delete Job ${name}`, request);
    } catch (error) {
      if (!isRefusal(error, 404) && !isRefusal(error, 409)) throw error;
    }
  }

  async recordEvent(name: string, event: JobEvent): Promise<void> {
    const { client, namespace, jobs, log } = this.#options;
    try {
      const job = await jobs.find(name);
      if (job === undefined || !this.#isOurs(job)) return;
      const request = client.core.createNamespacedEvent({
        namespace,
        body: this.#eventOn(job, event),
      });
      await ask(`record an Event on Job ${name}`, request);
    } catch (err) {
      log.warn({ event: "job_event_not_recorded", job_name: name, reason: event.reason, err });
    }
  }

  onChange(listener: (ref: AttemptRef) => void): void {
    const { jobs, pods } = this.#options;
    for (const list of [jobs, pods]) {
      list.onChange((object) => {
        const ref = attemptOf(object);
        if (ref !== undefined) listener(ref);
      });
    }
  }

  /** The name is in use. This asks the API server itself, because the list may not have the Job yet. */
  async #adopt(spec: JobSpec): Promise<"exists" | "name_taken"> {
    const job = await this.#options.jobs.fetch(spec.name);
    if (job === undefined) throw new JobGoingError(spec.name);
    if (!hasLabels(job, attemptLabels(spec, this.#options.instance))) return "name_taken";
    if (job.metadata?.deletionTimestamp !== undefined) throw new JobGoingError(spec.name);
    return "exists";
  }

  async #grow(name: string, started: number): Promise<void> {
    const { client, namespace, jobs } = this.#options;
    const job = await jobs.fetch(name);
    if (job === undefined || !this.#isOurs(job)) return;
    const body = growth(job, started);
    if (body === undefined) return;
    const request = client.batch.patchNamespacedJob({ name, namespace, body });
    await ask(`start workers of Job ${name}`, request);
  }

  #statusOf(job: Job): JobStatus | undefined {
    const ref = attemptOf(job);
    if (ref === undefined || !this.#isOurs(job) || isAbandoned(job)) return undefined;
    const { uid = "" } = job.metadata ?? {};
    const pods = this.#options.pods
      .values()
      .filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.uid === uid));
    return jobStatus(ref, job, isElastic(job) ? this.#endedPods.with(uid, pods) : pods);
  }

  #isOurs(job: Job): boolean {
    return hasLabels(job, instanceLabels(this.#options.instance));
  }

  #eventOn({ metadata }: Job, { type, reason, message }: JobEvent): CoreV1Event {
    const { namespace } = this.#options;
    const { name = "", uid = "" } = metadata ?? {};
    const now = new Date();
    return {
      metadata: { generateName: `${name}.`, namespace },
      involvedObject: { apiVersion: "batch/v1", kind: "Job", name, namespace, uid },
      type,
      reason,
      message: message.slice(0, messageLimit),
      source: { component: "transpod-controller" },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
  }
}

/** A Job of this name is being deleted: it can be created again when that is done. */
export class JobGoingError extends TranspodError {
  constructor(name: string) {
    super("job_going", `Kubernetes is still deleting an earlier Job named ${name}.`);
  }
}
