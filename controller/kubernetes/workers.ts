import { failures } from "@transpod/contract/failures.ts";
import { disruptionTarget } from "./disruption.ts";
import { workerContainer } from "./job-kinds.ts";
import type { Job, Pod, Termination } from "./wire.ts";

/** One worker of a Job: an index of an elastic Job, the only worker of any other. */
export interface Worker {
  /** Undefined while it is not created yet or is being replaced, and when it is gone. */
  pod: Pod | undefined;
  /** Only the Job says so: a pod may be replaced. Always false for a Job that is not elastic. */
  ended: boolean;
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#elastic-indexed-jobs */
export function isElastic(job: Job): boolean {
  return job.spec?.completionMode === "Indexed";
}

/** All workers that a Job started in its life, by index. The Job's status knows those whose pods are gone. Pure. */
export function workersOf(job: Job, pods: readonly Pod[]): Worker[] {
  if (!isElastic(job)) return [{ pod: currentPod(pods), ended: false }];
  const { completedIndexes, failedIndexes } = job.status ?? {};
  const over = new Set([...indexesIn(completedIndexes), ...indexesIn(failedIndexes)]);
  return Array.from({ length: job.spec?.completions ?? 1 }, (_, index) => {
    const pod = currentPod(pods.filter((one) => indexOf(one) === index));
    return { pod: isReplaced(pod) ? undefined : pod, ended: over.has(index) };
  });
}

/** The pod that says when a Job succeeded: the last one to end. */
export function lastPod(workers: readonly Worker[]): Pod | undefined {
  return inOrderOfEnd(workers).at(-1);
}

/** The pod that says how a Job failed: the last one to end that did not succeed. */
export function failedPod(workers: readonly Worker[]): Pod | undefined {
  const pods = inOrderOfEnd(workers);
  return pods.findLast(({ status }) => status?.phase !== "Succeeded") ?? pods.at(-1);
}

export function terminationOf(pod: Pod | undefined): Termination | undefined {
  const statuses = pod?.status?.containerStatuses;
  return statuses?.find((status) => status.name === workerContainer)?.state?.terminated;
}

export function isOver(pod: Pod | undefined): boolean {
  return pod?.status?.phase === "Succeeded" || pod?.status?.phase === "Failed";
}

/** A Job that a queue suspended before its worker ran, and resumed, has two pods. */
function currentPod(pods: readonly Pod[]): Pod | undefined {
  const createdAt = ({ metadata }: Pod) => metadata?.creationTimestamp ?? "";
  const newestFirst = pods.toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)));
  return newestFirst.find((pod) => !isOver(pod)) ?? newestFirst[0];
}

/** Whether Kubernetes puts another pod in the place of this one, by the failure policy of an elastic Job. */
function isReplaced(pod: Pod | undefined): boolean {
  if (pod?.status?.phase !== "Failed") return false;
  const stopped = terminationOf(pod)?.exitCode === failures.interrupted.exit;
  return stopped || disruptionTarget(pod) !== undefined;
}

const afterAllTimes = "later";

function inOrderOfEnd(workers: readonly Worker[]): Pod[] {
  const pods = workers.map(({ pod }) => pod).filter((pod) => pod !== undefined);
  return pods.toSorted((a, b) => endedAt(a).localeCompare(endedAt(b)));
}

/** A pod whose node refused it has no container that ended. */
function endedAt(pod: Pod): string {
  if (!isOver(pod)) return afterAllTimes;
  return terminationOf(pod)?.finishedAt ?? pod.metadata?.creationTimestamp ?? "";
}

function indexOf({ metadata }: Pod): number {
  return Number(metadata?.annotations?.["batch.kubernetes.io/job-completion-index"]);
}

/** From intervals such as "0,2-4". */
function indexesIn(intervals: string | undefined): number[] {
  return (intervals ?? "")
    .split(",")
    .filter((interval) => interval !== "")
    .flatMap((interval) => {
      const [first = 0, last = first] = interval.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
    });
}
