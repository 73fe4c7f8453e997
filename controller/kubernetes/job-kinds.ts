import type { V1JobSpec, V1PodFailurePolicyRule } from "@kubernetes/client-node";
import { failures } from "@transpod/contract/failures.ts";
import type { JobSettings } from "./job-settings.ts";

export const workerContainer = "transcoder";

/**
 * Kueue stops a Job whose number of pods changes, unless its elastic workloads are enabled.
 * https://kueue.sigs.k8s.io/docs/concepts/elastic_workload/
 */
export function mayGrow({ labels, annotations }: JobSettings): boolean {
  const queued = labels["kueue.x-k8s.io/queue-name"] !== undefined;
  return !queued || annotations["kueue.x-k8s.io/elastic-job"] === "true";
}

/** Kubernetes uses the first rule that matches. */
const whenRemoved = (action: "FailJob" | "Ignore"): V1PodFailurePolicyRule => ({
  action,
  onPodConditions: [{ type: "DisruptionTarget", status: "True" }],
});
const whenExit = (
  action: "FailJob" | "FailIndex" | "Ignore",
  operator: "In" | "NotIn",
  exitCode: number,
): V1PodFailurePolicyRule => ({
  action,
  onExitCodes: { containerName: workerContainer, operator, values: [exitCode] },
});

/**
 * The first failure ends the Job: whether there is another attempt is the controller's decision. The
 * rules don't change that; they make the Job record why it failed, so that this is known after the pod
 * is gone.
 */
export const onePod: Omit<V1JobSpec, "template"> = {
  completions: 1,
  parallelism: 1,
  backoffLimit: 0,
  // The only value that a failure policy allows: a pod counts as failed when its status says how it ended.
  podReplacementPolicy: "Failed",
  podFailurePolicy: { rules: [whenRemoved("FailJob"), whenExit("FailJob", "NotIn", 0)] },
};

/**
 * One worker at first, and more when the controller raises `completions` and `parallelism`: an index is the place
 * of one worker. A pod that is removed or told to stop is replaced in its index, without an effect on the others. A
 * worker that fails is not replaced, and the others run on. The Job is complete when every worker has ended with 0.
 * There is no `backoffLimit`: 0 would end the Job at the first failure.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index
 */
export const elastic: Omit<V1JobSpec, "template"> = {
  completionMode: "Indexed",
  completions: 1,
  parallelism: 1,
  backoffLimitPerIndex: 0,
  podReplacementPolicy: "Failed",
  podFailurePolicy: {
    rules: [
      whenRemoved("Ignore"),
      whenExit("Ignore", "In", failures.interrupted.exit),
      whenExit("FailIndex", "NotIn", 0),
    ],
  },
};
