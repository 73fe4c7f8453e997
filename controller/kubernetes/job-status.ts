import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobStatus } from "@transpod/contract/ports.ts";
import { disruptionTarget, failureOf } from "./failure.ts";
import { workerContainer } from "./manifest.ts";
import { waitingReason } from "./waiting.ts";
import type { Job, JobCondition, Pod, Termination } from "./wire.ts";

/**
 * What a Job and its pods say of an attempt. Whether it has ended is the Job's word alone: a pod that
 * is over may yet be replaced, when a queue took its place back. How it ended is the pod's word, if it is
 * still there. Pure.
 */
export function jobStatus(ref: AttemptRef, job: Job, pods: readonly Pod[]): JobStatus {
  const common = { fileId: ref.fileId, attempt: ref.attempt, name: job.metadata?.name ?? "" };
  const pod = currentPod(pods);
  const termination = terminationOf(pod);
  const end = endOf(job);
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

/** Whether somebody deleted a Job before it ended: its worker is as good as gone. */
export function isAbandoned(job: Job): boolean {
  return job.metadata?.deletionTimestamp !== undefined && endOf(job) === undefined;
}

/** The last two are decided before the Job's pod is gone, the others follow when it is. */
const ends = ["Complete", "Failed", "SuccessCriteriaMet", "FailureTarget"];

function endOf(job: Job): JobCondition | undefined {
  const met = job.status?.conditions?.filter((condition) => condition.status === "True") ?? [];
  return ends.map((type) => met.find((condition) => condition.type === type)).find(Boolean);
}

/** A Job whose place a queue took back before its worker ran, and gave it another, has two pods. */
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

/** A node that is lost leaves its pods as they were last seen, with a word about it. */
function isBeingTakenAway(pod: Pod | undefined): boolean {
  const { phase, reason } = pod?.status ?? {};
  return disruptionTarget(pod) !== undefined || phase === "Unknown" || reason === "NodeLost";
}

function dateOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
