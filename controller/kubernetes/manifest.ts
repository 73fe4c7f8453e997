import type {
  V1Affinity,
  V1Container,
  V1EnvVar,
  V1Job,
  V1OwnerReference,
  V1PodSpec,
  V1ResourceRequirements,
  V1Toleration,
} from "@kubernetes/client-node";
import type { JobSpec } from "@transpod/contract/ports.ts";
import { elastic, mayGrow, onePod, workerContainer } from "./job-kinds.ts";
import { attemptLabels } from "./job-labels.ts";
import type { JobSettings } from "./job-settings.ts";

/** Work tokens are valid for our work port only. */
export const workAudience = "transpod-work";

const tokenFolder = "/var/run/secrets/transpod";
const scratchFolder = "/scratch";
/** The user of the image, as a number: with a name the kubelet can't check that it is not root. */
const user = 10_001;
const mebibyte = 1024 ** 2;

/**
 * The Job of an attempt. Each of its pods has its work token as the only credential.
 * The same arguments give the same Job, and nothing important is left to the cluster's defaults.
 */
export function jobManifest(spec: JobSpec, settings: JobSettings, owner: V1OwnerReference): V1Job {
  const metadata = {
    // Ours last: settings must not change the labels by which Jobs are found.
    labels: { ...settings.labels, ...attemptLabels(spec, settings.instance) },
    ...unlessEmpty("annotations", settings.annotations),
  };
  const isElastic = spec.maxWorkers > 1 && mayGrow(settings);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: spec.name, ...metadata, ownerReferences: [owner] },
    spec: {
      ...(isElastic ? elastic : onePod),
      activeDeadlineSeconds: spec.deadlineSeconds,
      ttlSecondsAfterFinished: settings.ttlSecondsAfterFinished,
      template: { metadata, spec: podSpec(spec, settings, isElastic) },
    },
  };
}

function podSpec(spec: JobSpec, settings: JobSettings, isElastic: boolean): V1PodSpec {
  const disk = diskFor(spec.sourceSizeBytes);
  const token = { path: "token", audience: workAudience, expirationSeconds: 3_600 };
  return {
    restartPolicy: "Never",
    serviceAccountName: settings.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: settings.terminationGracePeriodSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container(spec, settings, disk, isElastic ? seatOf(spec) : podName)],
    volumes: [
      { name: "scratch", emptyDir: { sizeLimit: disk.limit } },
      { name: "work-token", projected: { sources: [{ serviceAccountToken: token }] } },
    ],
    ...unlessEmpty("imagePullSecrets", settings.imagePullSecrets),
    ...unlessEmpty("nodeSelector", settings.nodeSelector),
    ...unlessEmpty("tolerations", settings.tolerations as V1Toleration[]),
    ...unlessEmpty("affinity", settings.affinity as V1Affinity),
    ...unlessEmpty("priorityClassName", settings.priorityClassName),
    ...unlessEmpty("runtimeClassName", settings.runtimeClassName),
  };
}

function container(
  spec: JobSpec,
  settings: JobSettings,
  disk: Disk,
  worker: V1EnvVar[],
): V1Container {
  return {
    name: workerContainer,
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    env: environment(settings, worker),
    resources: resources(spec, settings, disk),
    // Its status then has the last lines of a worker that was killed: the controller may not read logs.
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "scratch", mountPath: scratchFolder },
      { name: "work-token", mountPath: tokenFolder, readOnly: true },
    ],
  };
}

const podName: V1EnvVar[] = [
  { name: "WORKER", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
];

/**
 * A pod that replaces another one has its name as a worker, so the tasks of that one are known to be over. It is the
 * beginning of the pod's name.
 */
function seatOf({ name }: JobSpec): V1EnvVar[] {
  const fieldPath = "metadata.annotations['batch.kubernetes.io/job-completion-index']";
  return [
    { name: "WORKER_INDEX", valueFrom: { fieldRef: { fieldPath } } },
    { name: "WORKER", value: `${name}-$(WORKER_INDEX)` },
  ];
}

function environment(settings: JobSettings, worker: V1EnvVar[]): V1EnvVar[] {
  const limited = settings.resources.cpuLimit !== "";
  const cpuLimit = { resourceFieldRef: { resource: "limits.cpu" } };
  return [
    { name: "WORK_URL", value: settings.workUrl },
    { name: "WORK_TOKEN_FILE", value: `${tokenFolder}/token` },
    ...worker,
    { name: "SCRATCH_DIR", value: scratchFolder },
    // The root is read-only.
    { name: "TMPDIR", value: scratchFolder },
    // Without a limit the field would have all CPUs of the node, which other pods use too.
    ...(limited ? [{ name: "CPU_LIMIT", valueFrom: cpuLimit }] : []),
    { name: "STALL_SECONDS", value: String(settings.stallSeconds) },
    { name: "LOG_LEVEL", value: settings.logLevel },
  ];
}

/** The memory request equals the limit: a pod that uses more than its request is killed first. */
function resources(spec: JobSpec, settings: JobSettings, disk: Disk): V1ResourceRequirements {
  const { cpuRequest, cpuLimit } = settings.resources;
  const memory = times(settings.resources.memory, spec.memoryScale);
  return {
    requests: { cpu: cpuRequest, memory, "ephemeral-storage": disk.request },
    limits: { ...unlessEmpty("cpu", cpuLimit), memory, "ephemeral-storage": disk.limit },
  };
}

interface Disk {
  request: string;
  limit: string;
}

/**
 * The free space that the worker requires: the source, and an output of twice its size; and 512 MiB
 * more for other files, which also covers small files whose output grows most. Up to twice that is
 * tolerated while the node has it; a pod that uses more is evicted, to protect other pods.
 */
function diskFor(sourceSizeBytes: number): Disk {
  const request = 512 + 3 * Math.ceil(sourceSizeBytes / mebibyte);
  return { request: `${request}Mi`, limit: `${2 * request}Mi` };
}

function times(quantity: string, factor: number): string {
  const [, amount, unit] = /^([\d.]+)(\D*)$/.exec(quantity) ?? [];
  return `${Number(amount) * factor}${unit ?? ""}`;
}

/** An empty setting is left out: a Job shows only what was set. */
function unlessEmpty<K extends string, V extends string | object>(
  key: K,
  value: V,
): Partial<Record<K, V>> {
  const empty = typeof value === "string" ? value === "" : Object.keys(value).length === 0;
  return (empty ? {} : { [key]: value }) as Partial<Record<K, V>>;
}
