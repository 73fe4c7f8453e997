import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { jobName } from "@transpod/contract/job-identity.ts";
import type { JobSpec } from "@transpod/contract/ports.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { isUnavailable } from "@transpod/runtime/unavailable.ts";
import { startKubernetes, type Kubernetes } from "./kubernetes.ts";
import {
  accountsPath,
  eventsPath,
  jobsPath,
  namespace,
  podsPath,
  refuse,
  TestApiServer,
} from "./testing/api-server.ts";
import { job, jobSettings, name, waitOptions, pod, ref } from "./testing/builders.ts";

let server: TestApiServer;
let kubernetes: Kubernetes;

beforeEach(async () => {
  server = await TestApiServer.start();
  server.put(accountsPath, { metadata: { name: jobSettings.serviceAccountName, uid: "sa-uid" } });
  kubernetes = await start();
  await vi.waitUntil(() => server.openWatches === 2, waitOptions);
});
afterEach(async () => {
  await kubernetes.stop();
  await server.stop();
});

function start(): Promise<Kubernetes> {
  const log = createLogger({ service: "test", level: "silent" });
  return startKubernetes({ namespace, settings: jobSettings, log, kubeConfig: server.kubeConfig });
}

const spec = (attempt = 1): JobSpec => ({
  ...{ fileId: ref.fileId, attempt, name: jobName({ fileId: ref.fileId, attempt }) },
  ...{ sourceSizeBytes: 1_000, memoryScale: 1, maxWorkers: 1, deadlineSeconds: 60 },
});
const labelled = (labels: Record<string, string>) => job({ metadata: { name, labels } });
const deleting = { deletionTimestamp: "2026-08-01T12:00:00Z" };

test("a Job is owned by the workers' account, so that it goes with the chart", async () => {
  await kubernetes.jobs.create(spec());
  const [created] = server.requests.filter(({ method }) => method === "POST");
  expect(created?.body).toMatchObject({
    metadata: { ownerReferences: [{ kind: "ServiceAccount", uid: "sa-uid" }] },
  });
});

test("a Job that is there already is adopted when it is ours", async () => {
  expect(await kubernetes.jobs.create(spec())).toBe("created");
  expect(await kubernetes.jobs.create(spec())).toBe("exists");
});

test.each([
  ["nobody's", {}],
  ["another installation's", { ...job().metadata?.labels, "app.kubernetes.io/instance": "other" }],
  ["another attempt's", { ...job().metadata?.labels, "transpod.io/attempt": "2" }],
])(
  "a name is taken by a Job that is %s: it is neither adopted nor read nor removed",
  async (_, labels) => {
    server.put(jobsPath, labelled(labels));
    expect(await kubernetes.jobs.create(spec())).toBe("name_taken");
  },
);

test("a stranger's Job of our name is neither read nor removed nor written about", async () => {
  server.put(jobsPath, labelled({}));
  expect(await kubernetes.jobs.get(name)).toBeUndefined();
  await kubernetes.jobs.remove(name);
  await kubernetes.jobs.recordEvent(name, { type: "Normal", reason: "X", message: "x" });
  expect(server.count(({ method }) => method !== "GET")).toBe(0);
});

test("a Job that is still being deleted is not adopted: it is created later", async () => {
  server.put(jobsPath, job({ metadata: { ...job().metadata, ...deleting } }));
  await expect(kubernetes.jobs.create(spec())).rejects.toThrow(
    `Kubernetes is still deleting an earlier Job named ${name}.`,
  );
  server.delete(jobsPath, name);
  expect(await kubernetes.jobs.create(spec())).toBe("created");
});

test("a Job that somebody deleted before it ended is gone; one that had ended is not", async () => {
  const metadata = { ...job().metadata, ...deleting };
  server.put(jobsPath, job({ metadata }));
  expect(await kubernetes.jobs.get(name)).toBeUndefined();
  expect(await kubernetes.jobs.list()).toEqual([]);
  const conditions = [{ type: "Complete", status: "True" }];
  server.put(jobsPath, job({ metadata, status: { conditions } }));
  await vi.waitFor(
    async () => expect(await kubernetes.jobs.get(name)).toMatchObject({ phase: "succeeded" }),
    waitOptions,
  );
});

test("a Job that was just created is never gone, however late the watch tells of it", async () => {
  server.frozen = true;
  await kubernetes.jobs.create(spec());
  expect(await kubernetes.jobs.get(name)).toMatchObject({ name, phase: "waiting" });
});

test("a Job's own pod says how it is, another Job's does not", async () => {
  server.put(jobsPath, job());
  server.put(podsPath, pod({ status: { phase: "Running" } }));
  await vi.waitFor(
    async () => expect(await kubernetes.jobs.get(name)).toMatchObject({ phase: "running" }),
    waitOptions,
  );
  const owner = { apiVersion: "batch/v1", kind: "Job", name, uid: "an-earlier-uid" };
  server.put(podsPath, pod({ metadata: { ...pod().metadata, ownerReferences: [owner] } }));
  await vi.waitFor(
    async () =>
      expect(await kubernetes.jobs.get(name)).toMatchObject({ why: "its pod to be created" }),
    waitOptions,
  );
});

test("changes of Jobs and of pods are announced by their attempt", async () => {
  const heard: unknown[] = [];
  kubernetes.jobs.onChange((changed) => heard.push(changed));
  server.put(jobsPath, job());
  await vi.waitFor(() => expect(heard).toEqual([ref]), waitOptions);
  server.put(podsPath, pod());
  await vi.waitFor(() => expect(heard).toEqual([ref, ref]), waitOptions);
});

test("what is removed goes with its pod, and only if it is still the same Job", async () => {
  await kubernetes.jobs.create(spec());
  await kubernetes.jobs.remove(name);
  const [deleted] = server.requests.filter(({ method }) => method === "DELETE");
  expect(deleted?.body).toMatchObject({
    propagationPolicy: "Background",
    preconditions: { uid: expect.any(String) as unknown },
  });
  await vi.waitFor(
    async () => expect(await kubernetes.jobs.get(name)).toBeUndefined(),
    waitOptions,
  );
  await kubernetes.jobs.remove(name);
});

test.each([404, 409])("a Job that went first (%i) is removed all the same", async (status) => {
  await kubernetes.jobs.create(spec());
  server.takeOver(
    ({ method }) => method === "DELETE",
    (response) => refuse(response, status, "gone"),
  );
  await kubernetes.jobs.remove(name);
});

test("an Event is attached to the Job; what can't be recorded disturbs nobody", async () => {
  await kubernetes.jobs.create(spec());
  const event = { type: "Warning", reason: "FileFailed", message: "m".repeat(2_000) } as const;
  await kubernetes.jobs.recordEvent(name, event);
  const [recorded] = server.requests.filter(({ path }) => path === eventsPath);
  expect(recorded?.body).toMatchObject({
    metadata: { generateName: `${name}.` },
    involvedObject: { apiVersion: "batch/v1", kind: "Job", name, namespace },
    type: "Warning",
    reason: "FileFailed",
    message: "m".repeat(1_024),
  });
  server.takeOver(
    ({ path }) => path === eventsPath,
    (response) => refuse(response, 403, "forbidden"),
  );
  await kubernetes.jobs.recordEvent(name, event);
  await kubernetes.jobs.recordEvent("nobody", event);
});

test("a refusal is told in one sentence", async () => {
  server.takeOver(
    ({ method }) => method === "POST",
    (response) => refuse(response, 403, "exceeded quota: videos, requested: count/jobs.batch=1"),
  );
  await expect(kubernetes.jobs.create(spec())).rejects.toThrow(
    `Kubernetes refused to create Job ${name}: exceeded quota: videos, requested: count/jobs.batch=1`,
  );
});

test.each<[string, (response: ServerResponse) => void]>([
  ["is overloaded", (response) => refuse(response, 429, "slow down")],
  ["has no etcd", (response) => refuse(response, 500, "etcd")],
  ["hangs up", (response) => void response.socket?.resetAndDestroy()],
])("an API server that %s is one that can't be used right now", async (_, takeover) => {
  server.takeOver(({ method }) => method === "POST", takeover);
  const error: unknown = await kubernetes.jobs.create(spec()).catch((thrown: unknown) => thrown);
  expect(isUnavailable(error)).toBe(true);
});

test("it is ready as long as the API server is heard", async () => {
  await kubernetes.check(AbortSignal.timeout(1_000));
});

test("without its account, or without rights, it does not start, and says why", async () => {
  await kubernetes.stop();
  server.delete(accountsPath, jobSettings.serviceAccountName);
  await expect(start()).rejects.toThrow(
    'Kubernetes refused to read ServiceAccount transpod-transcoder: "transpod-transcoder" not found',
  );
  server.put(accountsPath, { metadata: { name: jobSettings.serviceAccountName, uid: "sa-uid" } });
  server.takeOver(
    ({ path }) => path === podsPath,
    (response) => refuse(response, 403, "pods is forbidden"),
  );
  await expect(start()).rejects.toThrow(
    `Kubernetes refused to list ${podsPath}: pods is forbidden`,
  );
  await vi.waitUntil(() => server.openWatches === 0, waitOptions);
});
