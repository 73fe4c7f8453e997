import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobStatus } from "@transpod/contract/ports.ts";
import { disruptionTarget, failureOf } from "./failure.ts";
import { workerContainer } from "./manifest.ts";
import { waitingReason } from "./waiting.ts";
import type { Job, JobCondition, Pod, Termination } from "./wire.ts";

/**
 * The status of an attempt, from its Job and pods. Only the Job says whether it has ended: after a pod
 * has ended there may be another one, when a queue suspended the Job. The pod says how it ended, if it
 * still exists. Pure.
 */
export function jobStatus(ref: AttemptRef, job: Job, pods: readonly Pod[]): JobStatus {
  const end = endOf(job);
  const workers = { started: 1, ended: end === undefined ? 0 : 1 };
  const common = { ...ref, name: job.metadata?.name ?? "", workers };
  const pod = currentPod(pods);
  const termination = terminationOf(pod);
  if (end === undefined) {
    const why = waitingReason(job, pod);
    const phase = why === null ? "running" : "waiting";
    const disrupted = why === null && isBeingTakenAway(pod);
    return { ...common, phase, why, disrupted, exitCode: null, endedAt: null };
  }
  const endedAt = dateOf(termination?.finishedAt ?? end.lastTransitionTime);
  if (end.type === "Complete" || end.type === "SuccessCriteriaMet") {
    const disrupted = isBeingTakenAway(pod);
    return { ...common, phase: "succeeded", exitCode: 0, disrupted, why: null, endedAt };
  }
  return { ...common, phase: "failed", ...failureOf({ job, end, pod, termination }), endedAt };
}

/** Whether a Job was deleted before it ended: its worker will end soon. */
export function isAbandoned(job: Job): boolean {
  return job.metadata?.deletionTimestamp !== undefined && endOf(job) === undefined;
}

/** The last two are set before the Job's pod is gone, the others after it. */
const ends = ["Complete", "Failed", "SuccessCriteriaMet", "FailureTarget"];

function endOf(job: Job): JobCondition | undefined {
  const met = job.status?.conditions?.filter((condition) => condition.status === "True") ?? [];
  return ends.map((type) => met.find((condition) => condition.type === type)).find(Boolean);
}

/** A Job that a queue suspended before its worker ran, and resumed, has two pods. */
function currentPod(pods: readonly Pod[]): Pod | undefined {
  const createdAt = ({ metadata }: Pod) => metadata?.creationTimestamp ?? "";
  const newestFirst = pods.toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)));
  return newestFirst.find((pod) => !isOver(pod)) ?? newestFirst[0];
}

function isOver({ status }: Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

function terminationOf(pod: Pod | undefined): Termination | undefined {
  const statuses = pod?.status?.containerStatuses;
  return statuses?.find((status) => status.name === workerContainer)?.state?.terminated;
}

/** The pods of a lost node keep their last status, with a reason added. */
function isBeingTakenAway(pod: Pod | undefined): boolean {
  const { phase, reason } = pod?.status ?? {};
  return disruptionTarget(pod) !== undefined || phase === "Unknown" || reason === "NodeLost";
}

function dateOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
