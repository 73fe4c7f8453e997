import type { WatchedList } from "./watched-list.ts";
import type { Job, Pod } from "./wire.ts";
import { isOver } from "./workers.ts";

/**
 * Pods that have ended, for as long as their Job exists. An elastic Job does not record how a worker ended, and
 * the pods of a drained or lost node are deleted. A restart forgets them.
 */
export class EndedPods {
  readonly #jobs: WatchedList<Job>;
  /** By the uid of the Job, then of the pod. */
  readonly #pods = new Map<string, Map<string, Pod>>();

  constructor(jobs: WatchedList<Job>, pods: WatchedList<Pod>) {
    this.#jobs = jobs;
    pods.onChange((pod) => this.#remember(pod));
    jobs.onChange(({ metadata }) => {
      const uid = metadata?.uid ?? "";
      if (this.#pods.has(uid) && !this.#exists(uid)) this.#pods.delete(uid);
    });
  }

  /** The pods of a Job that are listed, and those that were deleted after they had ended. */
  with(jobUid: string, listed: readonly Pod[]): Pod[] {
    const all = new Map(this.#pods.get(jobUid));
    for (const pod of listed) all.set(pod.metadata?.uid ?? "", pod);
    return [...all.values()];
  }

  #remember(pod: Pod): void {
    if (!isOver(pod)) return;
    for (const { uid } of pod.metadata?.ownerReferences ?? []) {
      if (!this.#exists(uid)) continue;
      const ofJob = this.#pods.get(uid) ?? new Map<string, Pod>();
      this.#pods.set(uid, ofJob.set(pod.metadata?.uid ?? "", pod));
    }
  }

  #exists(jobUid: string): boolean {
    return this.#jobs.values().some(({ metadata }) => metadata?.uid === jobUid);
  }
}
