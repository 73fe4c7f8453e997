import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobStatus } from "@transpod/contract/ports.ts";
import { disruptionTarget } from "./disruption.ts";
import { failureOf } from "./failure.ts";
import { workerLogOf } from "./worker-log.ts";
import { waitingReason } from "./waiting.ts";
import type { Job, JobCondition, Pod } from "./wire.ts";
import { failedPod, lastPod, terminationOf, workersOf, type Worker } from "./workers.ts";

/**
 * The status of an attempt, from its Job and pods. Only the Job says whether it has ended: after a pod
 * has ended there may be another one, when a queue suspended the Job. The pods say how it ended, if they
 * still exist. Pure.
 */
export function jobStatus(ref: AttemptRef, job: Job, pods: readonly Pod[]): JobStatus {
  const all = workersOf(job, pods);
  const end = endOf(job);
  const ended = end === undefined ? all.filter((worker) => worker.ended).length : all.length;
  const common = {
    ...{ fileId: ref.fileId, attempt: ref.attempt, name: job.metadata?.name ?? "" },
    workers: { started: all.length, ended },
  };
  if (end === undefined) {
    return { ...common, ...activityOf(job, all), exitCode: null, endedAt: null };
  }
  if (end.type === "Complete" || end.type === "SuccessCriteriaMet") {
    const pod = lastPod(all);
    const disrupted = isBeingTakenAway(pod);
    const endedAt = dateOf(terminationOf(pod)?.finishedAt ?? end.lastTransitionTime);
    return { ...common, phase: "succeeded", exitCode: 0, disrupted, why: null, endedAt };
  }
  const pod = failedPod(all);
  const termination = terminationOf(pod);
  const endedAt = dateOf(termination?.finishedAt ?? end.lastTransitionTime);
  const failure = failureOf({ job, end, pod, termination });
  return { ...common, phase: "failed", ...failure, ...workerLogOf(termination), endedAt };
}

/** Whether a Job was deleted before it ended: its worker will end soon. */
export function isAbandoned(job: Job): boolean {
  return job.metadata?.deletionTimestamp !== undefined && endOf(job) === undefined;
}

/** The last two are set before the Job's pod is gone, the others after it. */
const ends = ["Complete", "Failed", "SuccessCriteriaMet", "FailureTarget"];

export function endOf(job: Job): JobCondition | undefined {
  const met = job.status?.conditions?.filter((condition) => condition.status === "True") ?? [];
  return ends.map((type) => met.find((condition) => condition.type === type)).find(Boolean);
}

/** A Job runs while one of its workers runs; it is being taken away when all of those are. */
function activityOf(
  job: Job,
  all: readonly Worker[],
): Pick<JobStatus, "phase" | "why" | "disrupted"> {
  const live = all.filter((worker) => !worker.ended);
  const reasons = live.map(({ pod }) => waitingReason(job, pod));
  const running = live.filter((_, index) => reasons[index] === null);
  const [why] = reasons;
  // Without live workers the Job will soon have ended.
  if (running.length === 0 && why !== undefined) return { phase: "waiting", why, disrupted: false };
  const disrupted = running.length > 0 && running.every(({ pod }) => isBeingTakenAway(pod));
  return { phase: "running", why: null, disrupted };
}

/** The pods of a lost node keep their last status, with a reason added. */
function isBeingTakenAway(pod: Pod | undefined): boolean {
  const { phase, reason } = pod?.status ?? {};
  return disruptionTarget(pod) !== undefined || phase === "Unknown" || reason === "NodeLost";
}

function dateOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
