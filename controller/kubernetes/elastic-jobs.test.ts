import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createLogger } from "@transpod/runtime/logger.ts";
import { startKubernetes, type Kubernetes } from "./kubernetes.ts";
import {
  accountsPath,
  jobsPath,
  namespace,
  podsPath,
  refuse,
  TestApiServer,
} from "./testing/api-server.ts";
import { job, jobSettings, name, pod, ref, waitOptions } from "./testing/builders.ts";
import type { Job, Pod } from "./wire.ts";

let server: TestApiServer;
let kubernetes: Kubernetes;

beforeEach(async () => {
  server = await TestApiServer.start();
  server.put(accountsPath, { metadata: { name: jobSettings.serviceAccountName, uid: "sa-uid" } });
  const log = createLogger({ service: "test", level: "silent" });
  const { kubeConfig } = server;
  kubernetes = await startKubernetes({ namespace, settings: jobSettings, log, kubeConfig });
  await vi.waitUntil(() => server.openWatches === 2, waitOptions);
});
afterEach(async () => {
  await kubernetes.stop();
  await server.stop();
});

const spec = { ...ref, name, sourceSizeBytes: 1_000, memoryScale: 1, deadlineSeconds: 60 };
const patches = () => server.requests.filter(({ method }) => method === "PATCH");
const startedNow = async () => (await kubernetes.jobs.get(name))?.workers.started;
const untilStarted = (workers: number) =>
  vi.waitUntil(async () => (await startedNow()) === workers, waitOptions);

function elastic(completions: number, more: Partial<Job> = {}): Job {
  const parallelism = completions;
  return job({
    spec: { completionMode: "Indexed", completions, parallelism, template: {} },
    ...more,
  });
}

describe("setWorkers", () => {
  test("raises completions and parallelism together, and never lowers them", async () => {
    await kubernetes.jobs.create({ ...spec, maxWorkers: 4 });
    await kubernetes.jobs.setWorkers(name, 3);
    await untilStarted(3);
    await kubernetes.jobs.setWorkers(name, 2);
    await kubernetes.jobs.setWorkers(name, 3);
    expect(patches().map(({ path }) => path)).toEqual([`${jobsPath}/${name}`]);
    expect(server.get(jobsPath, name)).toMatchObject({ spec: { completions: 3, parallelism: 3 } });
  });

  test("at once in any order ends with the highest number", async () => {
    await kubernetes.jobs.create({ ...spec, maxWorkers: 4 });
    await Promise.all([2, 4, 3, 1].map((started) => kubernetes.jobs.setWorkers(name, started)));
    expect(server.get(jobsPath, name)).toMatchObject({ spec: { completions: 4, parallelism: 4 } });
  });

  test("does not rely on what the watch told before", async () => {
    await kubernetes.jobs.create({ ...spec, maxWorkers: 4 });
    server.frozen = true;
    await kubernetes.jobs.setWorkers(name, 2);
    await kubernetes.jobs.setWorkers(name, 3);
    expect(server.get(jobsPath, name)).toMatchObject({ spec: { completions: 3 } });
  });

  test("gives up when Kubernetes refuses it each time, and says why", async () => {
    server.put(jobsPath, elastic(1));
    for (let tries = 0; tries < 5; tries += 1) {
      server.takeOver(
        ({ method }) => method === "PATCH",
        (response) => refuse(response, 422, "no"),
      );
    }
    await expect(kubernetes.jobs.setWorkers(name, 2)).rejects.toThrow(
      `Kubernetes refused to start workers of Job ${name}: no`,
    );
    expect(patches()).toHaveLength(5);
  });

  test.each<[string, Job]>([
    ["is not elastic", job({ spec: { completions: 1, parallelism: 1, template: {} } })],
    ["is a stranger's", elastic(1, { metadata: { name, labels: {} } })],
    ["is complete", elastic(1, { status: { conditions: [{ type: "Complete", status: "True" }] } })],
    [
      "is failing",
      elastic(1, { status: { conditions: [{ type: "FailureTarget", status: "True" }] } }),
    ],
  ])("changes no Job that %s", async (_, given) => {
    server.put(jobsPath, given);
    await kubernetes.jobs.setWorkers(name, 2);
    expect(patches()).toEqual([]);
  });

  test("resolves when the Job is gone, before it looks or after", async () => {
    await kubernetes.jobs.setWorkers(name, 2);
    server.put(jobsPath, elastic(1));
    server.takeOver(
      ({ method }) => method === "PATCH",
      (response) => refuse(response, 404, "gone"),
    );
    await kubernetes.jobs.setWorkers(name, 2);
  });
});

describe("how a worker ended is known after its pod is gone", () => {
  const terminated = { exitCode: 13, reason: "Error" };
  const container = { name: "transcoder", image: "", imageID: "", ready: false, restartCount: 0 };
  const failedPod: Pod = pod({
    metadata: {
      annotations: { "batch.kubernetes.io/job-completion-index": "0" },
      ...pod().metadata,
    },
    status: {
      phase: "Failed",
      containerStatuses: [{ ...container, state: { terminated } }],
    },
  });
  const condition = { type: "Failed", status: "True", reason: "FailedIndexes" };
  const failed = { failedIndexes: "0", conditions: [condition] };

  async function podComesAndGoes(): Promise<void> {
    const heard: unknown[] = [];
    kubernetes.jobs.onChange((changed) => heard.push(changed));
    server.put(podsPath, failedPod);
    server.delete(podsPath, failedPod.metadata?.name ?? "");
    await vi.waitUntil(() => heard.length === 2, waitOptions);
  }

  test("as long as its Job is there", async () => {
    server.put(jobsPath, elastic(1));
    await untilStarted(1);
    await podComesAndGoes();
    server.put(jobsPath, elastic(1, { status: failed }));
    await vi.waitFor(
      async () =>
        expect(await kubernetes.jobs.get(name)).toMatchObject({ phase: "failed", exitCode: 13 }),
      waitOptions,
    );
  });

  test("but not when its Job was gone before", async () => {
    await podComesAndGoes();
    server.put(jobsPath, elastic(1, { status: failed }));
    await untilStarted(1);
    expect(await kubernetes.jobs.get(name)).toMatchObject({ phase: "failed", exitCode: null });
  });

  test("but not for another Job of the same name", async () => {
    server.put(jobsPath, elastic(1));
    await untilStarted(1);
    await podComesAndGoes();
    server.delete(jobsPath, name);
    const metadata = { ...job().metadata, uid: "a-later-uid" };
    server.put(jobsPath, elastic(1, { metadata, status: failed }));
    await vi.waitFor(
      async () =>
        expect(await kubernetes.jobs.get(name)).toMatchObject({
          phase: "failed",
          exitCode: null,
        }),
      waitOptions,
    );
  });
});
