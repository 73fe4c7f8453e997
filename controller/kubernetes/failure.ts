import type { JobStatus } from "@transpod/contract/ports.ts";
import { disruptionTarget } from "./disruption.ts";
import type { Job, JobCondition, Pod, Termination } from "./wire.ts";
import { shorten } from "./wording.ts";

type Failure = Pick<JobStatus, "exitCode" | "disrupted" | "why">;

/** All that is known about a Job's end. */
interface Evidence {
  job: Job;
  /** The condition of the Job that says that it ended. */
  end: JobCondition;
  pod: Pod | undefined;
  termination: Termination | undefined;
}

/**
 * How a Job failed. `why` is a sentence, or null when the exit code is enough. Without an exit code,
 * the platform ended the worker. Pure.
 */
export function failureOf(evidence: Evidence): Failure {
  const { end, pod, termination } = evidence;
  // Checked before the pod's status: a pod that is stopped exits as if it had been interrupted.
  if (end.reason === "DeadlineExceeded") return ended("The Job took longer than its deadline.");
  const exitCode = termination?.exitCode ?? exitCodeIn(end.message);
  const disruption = disruptionOf(evidence, exitCode);
  if (disruption !== undefined) return { exitCode, disrupted: true, why: disruption };
  if (pod?.status?.reason === "Evicted") {
    // Without the condition the pod itself is the cause: it used too much disk, and was killed as for
    // too much memory.
    return ended(`The node ended the worker's pod: ${sentence(pod.status.message)}`);
  }
  if (termination !== undefined) return exitOf(pod, termination);
  if (pod?.status?.phase === "Failed") {
    const { reason = "no reason given", message } = pod.status;
    const why = `The node refused the worker's pod (${reason}): ${sentence(message)}`;
    return { exitCode: null, disrupted: true, why };
  }
  return exitCode === null
    ? ended(`The Job failed: ${sentence(end.message)}`)
    : { exitCode, disrupted: false, why: null };
}

function ended(why: string): Failure {
  return { exitCode: null, disrupted: false, why };
}

function exitOf(pod: Pod | undefined, { exitCode, reason, message }: Termination): Failure {
  if (reason === "OOMKilled") {
    const limit = pod?.spec?.containers[0]?.resources?.limits?.["memory"] ?? "unknown";
    const why = `The worker ran out of memory; its limit was ${limit}.`;
    return { exitCode: 137, disrupted: false, why };
  }
  // "Error" is any exit but 0; other reasons (StartError, ContainerCannotRun) explain themselves.
  const why =
    reason === "Error" || message === undefined || message === ""
      ? null
      : `The container failed (${reason ?? "unknown"}): ${sentence(message)}`;
  return { exitCode, disrupted: false, why };
}

/**
 * Who may remove a pod, by the reason of its condition DisruptionTarget.
 * https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
 */
const disruptions: Readonly<Record<string, string>> = {
  EvictionByEvictionAPI: "The worker's pod was evicted, for example because its node was drained.",
  PreemptionByScheduler: "The worker's pod was preempted by one with a higher priority.",
  DeletionByTaintManager: "The worker's node became unusable.",
  DeletionByPodGC: "The worker's node is gone.",
};
const taken = "The platform removed the worker's pod.";

/** What killing a process looks like from outside: SIGKILL and SIGTERM. */
const killed = new Set([137, 143]);

function disruptionOf(
  { job, end, pod, termination }: Evidence,
  exitCode: number | null,
): string | undefined {
  const condition = disruptionTarget(pod);
  if (condition?.reason === "TerminationByKubelet") {
    return `The node ended the worker's pod: ${sentence(condition.message)}`;
  }
  if (condition !== undefined) return disruptions[condition.reason ?? ""] ?? taken;
  if (/ has condition DisruptionTarget /.test(end.message ?? "")) return taken;
  if (exitCode === null || !killed.has(exitCode) || termination?.reason === "OOMKilled")
    return undefined;
  // The pod of a suspended Job is deleted, and may be gone.
  if (job.spec?.suspend === true) return "A queue suspended the Job, so its worker ended.";
  return pod?.metadata?.deletionTimestamp === undefined
    ? undefined
    : "The worker's pod was deleted.";
}

/**
 * From "Container transcoder for pod ns/name failed with exit code 137 matching FailJob rule at index 1".
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/job/pod_failure_policy.go
 */
function exitCodeIn(message: string | undefined): number | null {
  const [, code] = / failed with exit code (\d+) /.exec(message ?? "") ?? [];
  return code === undefined ? null : Number(code);
}

function sentence(text: string | undefined): string {
  const shortened = shorten(text);
  if (shortened === "") return "no reason was given.";
  return /[.!?…]$/.test(shortened) ? shortened : `${shortened}.`;
}
