import { afterAll, beforeAll, beforeEach, afterEach, expect, inject, test } from "vitest";
import { audit } from "./audit.ts";
import { openProcessedBucket } from "./bucket.ts";
import { evict, killContainer, podsOf, podsOfFile, untilJobEnded, workerOf } from "./cluster.ts";
import { frameTimes } from "./frame-times.ts";
import { JobRecorder } from "./job-recorder.ts";
import { LeaseRecorder } from "./lease-recorder.ts";
import { hasCondition, type Pod } from "./objects.ts";
import { withoutController } from "./release.ts";
import { kubectl } from "./tools.ts";
import { openTranspod, type Transpod } from "./transpod.ts";
import { until } from "./until.ts";

/** Several workers encode one video, each a chunk after the other. */

const { chunked, slow } = inject("samples");
const workers = 4;
const chunks = 8;

let transpod: Transpod;
let bucket: Awaited<ReturnType<typeof openProcessedBucket>>;
let recorder: JobRecorder;
beforeAll(async () => {
  transpod = await openTranspod();
  bucket = await openProcessedBucket();
  await transpod.configure({
    "controller.maxRunningJobs": workers,
    "controller.maxWorkersPerVideo": workers,
    "controller.chunkSeconds": 2,
    // They share the node's two cores.
    "transcoder.resources.cpuRequest": "100m",
    "transcoder.resources.cpuLimit": "500m",
  });
});
afterAll(async () => {
  bucket?.close();
  await transpod?.close();
});
beforeEach(() => {
  recorder = new JobRecorder();
});
afterEach(() => recorder[Symbol.asyncDispose]());

/** Its place among the workers of its Job. */
function indexOf({ metadata }: Pod): number {
  return Number(metadata.labels?.["batch.kubernetes.io/job-completion-index"]);
}

/** The worker whose place the pod has: its name is the beginning of the pod's name. */
function nameOf({ metadata }: Pod): string {
  return metadata.name.replace(/-[^-]+$/, "");
}

const runs = ({ metadata, status }: Pod) =>
  status.phase === "Running" && metadata.deletionTimestamp === undefined;

/** Resolves with another pod in the place of this one. */
async function replacementOf(fileId: string, pod: Pod): Promise<Pod> {
  const isReplacement = (other: Pod) =>
    indexOf(other) === indexOf(pod) && other.metadata.uid !== pod.metadata.uid && runs(other);
  return await until(
    async () => (await podsOfFile(fileId)).find(isReplacement),
    `${pod.metadata.name} is replaced`,
  );
}

const restartsOf = (pods: readonly Pod[]) =>
  pods.reduce((sum, { status }) => sum + (status.containerStatuses?.[0]?.restartCount ?? 0), 0);

async function killControllers(): Promise<void> {
  const controllers = "app.kubernetes.io/component=controller";
  const pods = await podsOf(controllers);
  for (const pod of pods) await killContainer(pod);
  await until(async () => {
    const again = await podsOf(controllers);
    const restarted = restartsOf(again) >= restartsOf(pods) + pods.length;
    return restarted && again.every((pod) => hasCondition(pod, "Ready"));
  }, "every controller was started again");
}

/** The first Job made the result, and all its workers ended well. */
async function expectOneCompleteJob(fileId: string): Promise<void> {
  expect(await transpod.untilEnded(fileId, { seconds: 240 })).toMatchObject({
    ...{ processing_status: "completed", attempt: 1, failure: null },
  });
  expect(recorder.of(fileId).map(({ attempt }) => attempt)).toEqual([1]);
  expect(await transpod.database.attempts(fileId)).toMatchObject([{ end: "completed" }]);
  expect(hasCondition(await untilJobEnded(fileId), "Complete")).toBe(true);
}

test("one worker is deleted, one is evicted and the controller is killed: the video is complete, and at most two chunks were encoded twice", async () => {
  const fileId = await transpod.client.upload(chunked, { workers, preset: "slow" });
  await using leases = new LeaseRecorder(transpod.database, fileId);
  const working = () => new Set(leases.all().flatMap((one) => (one.ended ? [] : [one.worker])));
  const pods = await until(
    async () => {
      const busy = (await podsOfFile(fileId)).filter(
        (pod) => runs(pod) && working().has(nameOf(pod)),
      );
      return busy.length === workers && busy;
    },
    `${workers} workers encode`,
    { seconds: 180 },
  );
  const [deleted, evicted] = pods;
  await kubectl(["delete", "pod", deleted!.metadata.name, "--wait=false"]);
  await evict(evicted!);
  await killControllers();
  for (const pod of [deleted!, evicted!]) await replacementOf(fileId, pod);
  await until(async () => (await bucket.keys(`${fileId}/chunks/`)).length > 0, "chunks are stored");

  await expectOneCompleteJob(fileId);
  const all = leases.all();
  expect(new Set(all.map(({ chunk }) => chunk)).size).toBe(chunks);
  expect(new Set(all.map(({ worker }) => worker))).toEqual(new Set(pods.map(nameOf)));
  const twice = all.filter(({ lease }) => lease > 1);
  expect(twice.length).toBeLessThanOrEqual(2);

  expect(await transpod.faultsOf(fileId, chunked)).toEqual([]);
  const [times, expected] = [
    await frameTimes(await transpod.download(fileId, chunked)),
    await frameTimes(chunked),
  ];
  expect(times).toHaveLength(expected.length);
  const off = times.filter((time, frame) => Math.abs(time - expected[frame]!) > 0.001);
  expect(off).toEqual([]);
  const isStill = (key: string) => key.startsWith(`${fileId}/stills/1-`);
  await until(
    async () => (await bucket.keys(`${fileId}/`)).filter((key) => !isStill(key)).length === 1,
    "only the result and its stills are stored",
  );
});

test("a video that can't be cut loses its worker while no controller runs: Kubernetes replaces it, and the video completes in its first Job", async () => {
  const fileId = await transpod.client.upload(slow, { workers });
  await transpod.untilEncoding(fileId);
  const pod = await workerOf(fileId);
  await withoutController(async () => {
    await evict(pod);
    await replacementOf(fileId, pod);
  });
  await expectOneCompleteJob(fileId);
  expect(await transpod.faultsOf(fileId, slow)).toEqual([]);
});

test("the auditor finds nothing wrong afterwards", async () => {
  expect(await audit(transpod.database)).toEqual([]);
});
