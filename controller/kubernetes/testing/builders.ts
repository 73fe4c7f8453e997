import { attemptLabels } from "../job-labels.ts";
import type { JobSettings } from "../job-settings.ts";
import type { Job, Pod } from "../wire.ts";

/** Builders for this folder's tests: a test gives only the values that matter to it. */

export const instance = "transpod";

/** For what happens in milliseconds on a machine that has nothing else to do. */
export const waitOptions = { timeout: 20_000, interval: 10 };

export const ref = { fileId: "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11", attempt: 1 };
export const name = `transpod-${ref.fileId}-1`;
export const podName = `${name}-abcde`;
const labels = attemptLabels(ref, instance);

export function job(overrides: Partial<Job> = {}): Job {
  const { metadata, ...rest } = overrides;
  return { metadata: { name, uid: "job-uid", labels, ...metadata }, ...rest };
}

/** The pod of `job()`. */
export function pod(overrides: Partial<Pod> = {}): Pod {
  const { metadata, ...rest } = overrides;
  const owner = { apiVersion: "batch/v1", kind: "Job", name, uid: "job-uid", controller: true };
  const ours = { name: podName, uid: "pod-uid", labels, ownerReferences: [owner] };
  return { metadata: { ...ours, ...metadata }, ...rest };
}

export const jobSettings: JobSettings = {
  instance,
  image: "transpod-transcoder:dev",
  imagePullPolicy: "IfNotPresent",
  imagePullSecrets: [],
  serviceAccountName: "transpod-transcoder",
  workUrl: "http://transpod-controller.transpod.svc:8080",
  resources: { cpuRequest: "2", cpuLimit: "", memory: "2Gi" },
  ttlSecondsAfterFinished: 600,
  terminationGracePeriodSeconds: 60,
  labels: {},
  annotations: {},
  nodeSelector: {},
  tolerations: [],
  affinity: {},
  priorityClassName: "",
  runtimeClassName: "",
  stallSeconds: 60,
  logLevel: "info",
};
