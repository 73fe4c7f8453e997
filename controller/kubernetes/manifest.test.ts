import { expect, test } from "vitest";
import type { JobSpec } from "@transpod/contract/ports.ts";
import { jobManifest } from "./manifest.ts";
import { jobSettings, name, ref } from "./testing/builders.ts";
import type { JobSettings } from "./job-settings.ts";

const owner = {
  apiVersion: "v1",
  kind: "ServiceAccount",
  name: "transpod-transcoder",
  uid: "sa-uid",
};

function manifest(spec: Partial<JobSpec> = {}, settings: Partial<JobSettings> = {}) {
  const defaults = {
    name,
    sourceSizeBytes: 0,
    memoryScale: 1,
    deadlineSeconds: 21_600,
    maxWorkers: 1,
  };
  return jobManifest({ ...ref, ...defaults, ...spec }, { ...jobSettings, ...settings }, owner);
}

const podOf = (job: ReturnType<typeof manifest>) => job.spec?.template.spec;
const workerOf = (job: ReturnType<typeof manifest>) => podOf(job)?.containers[0];

test("the whole Job, with nothing but what must be set", () => {
  expect(manifest({ sourceSizeBytes: 100 * 1024 ** 2 })).toMatchInlineSnapshot(`
    {
      "apiVersion": "batch/v1",
      "kind": "Job",
      "metadata": {
        "labels": {
          "app.kubernetes.io/component": "transcoder",
          "app.kubernetes.io/instance": "transpod",
          "app.kubernetes.io/managed-by": "transpod-controller",
          "app.kubernetes.io/name": "transpod",
          "transpod.io/attempt": "1",
          "transpod.io/file": "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11",
        },
        "name": "transpod-0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11-1",
        "ownerReferences": [
          {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "name": "transpod-transcoder",
            "uid": "sa-uid",
          },
        ],
      },
      "spec": {
        "activeDeadlineSeconds": 21600,
        "backoffLimit": 0,
        "completions": 1,
        "parallelism": 1,
        "podFailurePolicy": {
          "rules": [
            {
              "action": "FailJob",
              "onPodConditions": [
                {
                  "status": "True",
                  "type": "DisruptionTarget",
                },
              ],
            },
            {
              "action": "FailJob",
              "onExitCodes": {
                "containerName": "transcoder",
                "operator": "NotIn",
                "values": [
                  0,
                ],
              },
            },
          ],
        },
        "podReplacementPolicy": "Failed",
        "template": {
          "metadata": {
            "labels": {
              "app.kubernetes.io/component": "transcoder",
              "app.kubernetes.io/instance": "transpod",
              "app.kubernetes.io/managed-by": "transpod-controller",
              "app.kubernetes.io/name": "transpod",
              "transpod.io/attempt": "1",
              "transpod.io/file": "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11",
            },
          },
          "spec": {
            "automountServiceAccountToken": false,
            "containers": [
              {
                "env": [
                  {
                    "name": "WORK_URL",
                    "value": "http://transpod-controller.transpod.svc:8080",
                  },
                  {
                    "name": "WORK_TOKEN_FILE",
                    "value": "/var/run/secrets/transpod/token",
                  },
                  {
                    "name": "WORKER",
                    "valueFrom": {
                      "fieldRef": {
                        "fieldPath": "metadata.name",
                      },
                    },
                  },
                  {
                    "name": "SCRATCH_DIR",
                    "value": "/scratch",
                  },
                  {
                    "name": "TMPDIR",
                    "value": "/scratch",
                  },
                  {
                    "name": "STALL_SECONDS",
                    "value": "60",
                  },
                  {
                    "name": "LOG_LEVEL",
                    "value": "info",
                  },
                ],
                "image": "transpod-transcoder:dev",
                "imagePullPolicy": "IfNotPresent",
                "name": "transcoder",
                "resources": {
                  "limits": {
                    "ephemeral-storage": "1624Mi",
                    "memory": "2Gi",
                  },
                  "requests": {
                    "cpu": "2",
                    "ephemeral-storage": "812Mi",
                    "memory": "2Gi",
                  },
                },
                "securityContext": {
                  "allowPrivilegeEscalation": false,
                  "capabilities": {
                    "drop": [
                      "ALL",
                    ],
                  },
                  "readOnlyRootFilesystem": true,
                },
                "terminationMessagePolicy": "FallbackToLogsOnError",
                "volumeMounts": [
                  {
                    "mountPath": "/scratch",
                    "name": "scratch",
                  },
                  {
                    "mountPath": "/var/run/secrets/transpod",
                    "name": "work-token",
                    "readOnly": true,
                  },
                ],
              },
            ],
            "enableServiceLinks": false,
            "restartPolicy": "Never",
            "securityContext": {
              "fsGroup": 10001,
              "runAsGroup": 10001,
              "runAsNonRoot": true,
              "runAsUser": 10001,
              "seccompProfile": {
                "type": "RuntimeDefault",
              },
            },
            "serviceAccountName": "transpod-transcoder",
            "terminationGracePeriodSeconds": 60,
            "volumes": [
              {
                "emptyDir": {
                  "sizeLimit": "1624Mi",
                },
                "name": "scratch",
              },
              {
                "name": "work-token",
                "projected": {
                  "sources": [
                    {
                      "serviceAccountToken": {
                        "audience": "transpod-work",
                        "expirationSeconds": 3600,
                        "path": "token",
                      },
                    },
                  ],
                },
              },
            ],
          },
        },
        "ttlSecondsAfterFinished": 600,
      },
    }
  `);
});

test("a Job that may have several workers is elastic, and differs in nothing else", () => {
  const { spec: one, ...rest } = manifest();
  const { spec: several, ...same } = manifest({ maxWorkers: 4 });
  expect(same).toEqual(rest);
  const { backoffLimit, podFailurePolicy, template, ...common } = one!;
  expect(backoffLimit).toBe(0);
  const { template: elasticTemplate, ...ofJob } = several!;
  const [whenRemoved, whenFailed] = podFailurePolicy!.rules;
  const whenStopped = {
    action: "Ignore",
    onExitCodes: { containerName: "transcoder", operator: "In", values: [143] },
  };
  expect(ofJob).toEqual({
    ...common,
    completionMode: "Indexed",
    backoffLimitPerIndex: 0,
    podFailurePolicy: {
      rules: [
        Object.assign({}, whenRemoved, { action: "Ignore" }),
        whenStopped,
        Object.assign({}, whenFailed, { action: "FailIndex" }),
      ],
    },
  });
  expect(withoutWorker(elasticTemplate.spec)).toEqual(withoutWorker(template.spec));
});

function withoutWorker(pod: ReturnType<typeof podOf>) {
  const [container] = pod?.containers ?? [];
  const env = container?.env?.filter((variable) => !variable.name.startsWith("WORKER"));
  return Object.assign({}, pod, { containers: [Object.assign({}, container, { env })] });
}

test("a worker of an elastic Job has the name of its place, which the pod that replaces it has too", () => {
  const fieldPath = "metadata.annotations['batch.kubernetes.io/job-completion-index']";
  const variables = workerOf(manifest({ maxWorkers: 4 }))?.env?.filter((variable) =>
    variable.name.startsWith("WORKER"),
  );
  // Kubernetes replaces only names of variables that come before.
  expect(variables).toEqual([
    { name: "WORKER_INDEX", valueFrom: { fieldRef: { fieldPath } } },
    { name: "WORKER", value: `${name}-$(WORKER_INDEX)` },
  ]);
});

test("a Job in a queue of Kueue is elastic only if Kueue allows it", () => {
  const labels = { "kueue.x-k8s.io/queue-name": "videos" };
  const annotations = { "kueue.x-k8s.io/elastic-job": "true" };
  const modeWith = (settings: Partial<JobSettings>) =>
    manifest({ maxWorkers: 4 }, settings).spec?.completionMode;
  expect(modeWith({ labels })).toBeUndefined();
  expect(modeWith({ labels, annotations })).toBe("Indexed");
});

test("a longer video gets more disk, rounded up to whole MiB", () => {
  const job = manifest({ sourceSizeBytes: 10 * 1024 ** 3 + 1 });
  expect(workerOf(job)?.resources).toMatchObject({
    requests: { "ephemeral-storage": "31235Mi" },
    limits: { "ephemeral-storage": "62470Mi" },
  });
  expect(podOf(job)?.volumes?.[0]).toEqual({ name: "scratch", emptyDir: { sizeLimit: "62470Mi" } });
});

test.each([
  ["2Gi", 1, "2Gi"],
  ["2Gi", 4, "8Gi"],
  ["1.5Gi", 2, "3Gi"],
  ["1500000000", 2, "3000000000"],
])("memory of %s, scaled by %i, is %s, requested and limited", (memory, memoryScale, expected) => {
  const job = manifest({ memoryScale }, { resources: { cpuRequest: "1", cpuLimit: "", memory } });
  expect(workerOf(job)?.resources?.requests?.["memory"]).toBe(expected);
  expect(workerOf(job)?.resources?.limits?.["memory"]).toBe(expected);
});

test("a limit of CPU is told to the worker", () => {
  const resources = { cpuRequest: "2", cpuLimit: "3500m", memory: "2Gi" };
  const worker = workerOf(manifest({}, { resources }));
  expect(worker?.resources?.limits?.["cpu"]).toBe("3500m");
  expect(worker?.env).toContainEqual({
    name: "CPU_LIMIT",
    valueFrom: { resourceFieldRef: { resource: "limits.cpu" } },
  });
});

test("labels and annotations from the settings are on the Job and on its pod; ours win", () => {
  const job = manifest(
    {},
    {
      labels: { "kueue.x-k8s.io/queue-name": "videos", "transpod.io/file": "forged" },
      annotations: { "karpenter.sh/do-not-disrupt": "true" },
    },
  );
  for (const metadata of [job.metadata, job.spec?.template.metadata]) {
    expect(metadata?.labels).toMatchObject({
      "kueue.x-k8s.io/queue-name": "videos",
      "transpod.io/file": ref.fileId,
      "transpod.io/attempt": "1",
    });
    expect(metadata?.annotations).toEqual({ "karpenter.sh/do-not-disrupt": "true" });
  }
});

test("where it may run is as the settings say", () => {
  const placement = {
    nodeSelector: { pool: "video" },
    tolerations: [{ key: "video", operator: "Exists" }],
    affinity: { nodeAffinity: {} },
    priorityClassName: "low",
    runtimeClassName: "gvisor",
    imagePullSecrets: [{ name: "registry" }],
  };
  expect(podOf(manifest({}, placement))).toMatchObject(placement);
});
