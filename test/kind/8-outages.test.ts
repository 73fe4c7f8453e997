import { setInterval } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { audit } from "./audit.ts";
import { podsOf, workerOf } from "./cluster.ts";
import { JobRecorder } from "./job-recorder.ts";
import { hasCondition, type List, type Pod } from "./objects.ts";
import { kubectl, kubectlJson, onNode } from "./tools.ts";
import { openTranspod, type Transpod } from "./transpod.ts";
import { until } from "./until.ts";

/** A service that Transpod needs is down for more than a minute, while videos are encoded. */

const { slow, h264 } = inject("samples");
const awaySeconds = 75;
const beside = { namespace: "transpod-dev" };

let transpod: Transpod;
let recorder: JobRecorder;
beforeAll(async () => {
  transpod = await openTranspod();
  recorder = new JobRecorder();
});
afterAll(async () => {
  await recorder?.[Symbol.asyncDispose]();
  await transpod?.close();
});

/** Checks repeatedly for this time; throws when the check fails. */
async function forSeconds(seconds: number, look: () => Promise<void>): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  for await (const _ of setInterval(2_000)) {
    await look();
    if (performance.now() > end) return;
  }
}

async function scale(name: "postgres" | "ministack", replicas: number): Promise<void> {
  await kubectl(["scale", `statefulset/${name}`, `--replicas=${replicas}`], beside);
  await until(async () => {
    const selector = `app.kubernetes.io/name=${name}`;
    const { items } = await kubectlJson<List<Pod>>(["get", "pods", "-l", selector], beside);
    return items.length === replicas && items.every((pod) => hasCondition(pod, "Ready"));
  }, `${replicas} pods of ${name} run`);
}

/** Its volume stays, so it keeps its data. */
async function without(name: "postgres" | "ministack", look: () => Promise<void>): Promise<void> {
  await scale(name, 0);
  try {
    await forSeconds(awaySeconds, look);
  } finally {
    await scale(name, 1);
  }
}

/** The kubelet runs the API server from this file: without the file there is none. */
const manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";

async function withoutApiServer(): Promise<void> {
  await onNode("mv", manifest, "/root/kube-apiserver.yaml");
  try {
    const answers = () =>
      kubectl(["get", "--raw", "/readyz", "--request-timeout=2s"]).then(() => true);
    await until(async () => !(await answers().catch(() => false)), "the API server is gone");
    await forSeconds(awaySeconds, async () => {
      expect(await answers().catch(() => false)).toBe(false);
    });
  } finally {
    await onNode("mv", "/root/kube-apiserver.yaml", manifest);
    await until(() => kubectl(["get", "--raw", "/readyz"]), "the API server is back", {
      seconds: 240,
    });
  }
}

/** The controllers are ready again: they see their database, their queue and the API server. */
async function untilReady(): Promise<void> {
  await until(
    async () => {
      const pods = await podsOf("app.kubernetes.io/component in (api, controller)");
      return pods.length > 0 && pods.every((pod) => hasCondition(pod, "Ready"));
    },
    "API and controllers are ready",
    { seconds: 240 },
  );
  await transpod.reconnect();
}

async function expectFirstAttempt(fileId: string, source: string): Promise<void> {
  expect(await transpod.untilEnded(fileId, { seconds: 240 })).toMatchObject({
    processing_status: "completed",
    attempt: 1,
    failure: null,
  });
  expect(await transpod.faultsOf(fileId, source)).toEqual([]);
  expect(recorder.of(fileId).map(({ attempt }) => attempt)).toEqual([1]);
}

const restartsOf = (pods: readonly Pod[]) =>
  pods
    .map(({ metadata, status }) => [metadata.uid, status.containerStatuses?.[0]?.restartCount ?? 0])
    .toSorted(([a], [b]) => String(a).localeCompare(String(b)));

test("Postgres is away while a worker encodes: the worker runs on, and the video completes in its first Job", async () => {
  const fileId = await transpod.client.upload(slow);
  await transpod.untilEncoding(fileId);
  const before = restartsOf(await podsOf("app.kubernetes.io/component in (api, controller)"));
  await without("postgres", async () => {
    await expect(transpod.client.status(fileId)).rejects.toThrow("");
  });
  await untilReady();
  await expectFirstAttempt(fileId, slow);
  // None of our pods was restarted: they wait, and are not ready.
  const after = restartsOf(await podsOf("app.kubernetes.io/component in (api, controller)"));
  expect(after).toEqual(before);
  const later = await transpod.client.upload(h264);
  await expectFirstAttempt(later, h264);
});

test("S3 and SQS are away while a worker encodes: it waits or is replaced, and the video completes", async () => {
  const fileId = await transpod.client.upload(slow);
  await transpod.untilEncoding(fileId);
  await without("ministack", async () => {
    expect((await transpod.client.status(fileId)).processing_status).toBe("processing");
  });
  await untilReady();
  // A part is tried for about a minute; a worker whose minute is over fails, and another begins.
  expect(await transpod.untilEnded(fileId, { seconds: 240 })).toMatchObject({
    processing_status: "completed",
    failure: null,
  });
  expect(await transpod.faultsOf(fileId, slow)).toEqual([]);
  const attempts = await transpod.database.attempts(fileId);
  expect(attempts.length).toBeLessThanOrEqual(2);
  expect(recorder.of(fileId).map(({ attempt }) => attempt)).toEqual(
    attempts.map(({ attempt }) => attempt),
  );
  const later = await transpod.client.upload(h264);
  await expectFirstAttempt(later, h264);
});

test("the API server is away while a worker encodes: the video completes in its first Job, and new ones wait for it", async () => {
  // The port-forward ends with the API server, so events in between are checked afterwards.
  await recorder[Symbol.asyncDispose]();
  const fileId = await transpod.client.upload(slow);
  await transpod.untilEncoding(fileId);
  const worker = await workerOf(fileId);
  await withoutApiServer();
  await untilReady();
  recorder = new JobRecorder();
  expect(await transpod.untilEnded(fileId, { seconds: 240 })).toMatchObject({
    processing_status: "completed",
    attempt: 1,
  });
  expect(await transpod.faultsOf(fileId, slow)).toEqual([]);
  const attempts = await transpod.database.attempts(fileId);
  expect(attempts).toMatchObject([{ attempt: 1, end: "completed" }]);
  expect(attempts[0]?.worker).toBe(worker.metadata.name);
  const later = await transpod.client.upload(h264);
  await expectFirstAttempt(later, h264);
});

test("the kubelet stops while a worker encodes, and comes back: the video completes, and its file is not blamed", async () => {
  const fileId = await transpod.client.upload(slow);
  await transpod.untilEncoding(fileId);
  await onNode("systemctl", "stop", "kubelet");
  try {
    // Its containers run on, but the node is called lost, and no Service leads to its pods any more.
    await until(
      async () => {
        const { items } = await kubectlJson<List<Pod>>(["get", "nodes"]);
        return items.every((node) => !hasCondition(node, "Ready"));
      },
      "the node is called lost",
      { seconds: 180 },
    );
  } finally {
    await onNode("systemctl", "start", "kubelet");
  }
  await untilReady();
  const status = await transpod.untilEnded(fileId, { seconds: 240 });
  expect(status.processing_status).toBe("completed");
  expect(await transpod.faultsOf(fileId, slow)).toEqual([]);
  // In any case, each attempt had one Job, and one of them was published.
  const attempts = await transpod.database.attempts(fileId);
  expect(attempts.filter(({ end }) => end === "completed")).toHaveLength(1);
  expect(attempts.every(({ counted }) => counted !== true)).toBe(true);
  expect(recorder.of(fileId)).toHaveLength(attempts.length);
});

test("after all of this, the auditor finds nothing wrong in database, buckets and Jobs", async () => {
  expect(await audit(transpod.database)).toEqual([]);
});
