import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { evict, jobsOfFile, killContainer, podsOf, untilJobEnded, workerOf } from "./cluster.ts";
import { JobRecorder } from "./job-recorder.ts";
import type { Pod } from "./objects.ts";
import { withoutController } from "./release.ts";
import { kubectl } from "./tools.ts";
import { openTranspod, type Transpod } from "./transpod.ts";
import { until } from "./until.ts";

const { slow, h264 } = inject("samples");

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

let fileId: string;
beforeEach(async () => {
  fileId = await transpod.client.upload(slow);
  await transpod.untilEncoding(fileId);
});

/** It was started again without a counted failure, with one Job for each attempt. */
async function expectSecondAttempt(ends: readonly string[]): Promise<void> {
  expect(await transpod.untilEnded(fileId)).toMatchObject({
    processing_status: "completed",
    attempt: 2,
    failure: null,
  });
  expect(await transpod.faultsOf(fileId, slow)).toEqual([]);
  const [first, second, ...more] = await transpod.database.attempts(fileId);
  expect(ends).toContain(first?.end);
  expect(first?.counted).toBe(false);
  expect(second?.end).toBe("completed");
  expect(more).toEqual([]);
  expect(recorder.of(fileId).map(({ attempt }) => attempt)).toEqual([1, 2]);
}

async function expectFirstAttempt(): Promise<void> {
  expect(await transpod.untilEnded(fileId)).toMatchObject({
    processing_status: "completed",
    attempt: 1,
  });
  expect(await transpod.faultsOf(fileId, slow)).toEqual([]);
  expect(recorder.of(fileId).map(({ attempt }) => attempt)).toEqual([1]);
}

const restartsOf = ({ status }: Pod) => status.containerStatuses?.[0]?.restartCount ?? 0;

test("the pod is deleted while it encodes: the video completes, and its file is not blamed", async () => {
  const pod = await workerOf(fileId);
  await kubectl(["delete", "pod", pod.metadata.name, "--wait=false"]);
  await expectSecondAttempt(["interrupted"]);
});

test("the Job is deleted while it encodes: the video completes, and its file is not blamed", async () => {
  const [job] = await jobsOfFile(fileId);
  await kubectl(["delete", "job", job!.metadata.name, "--wait=false"]);
  await expectSecondAttempt(["interrupted", "job_lost"]);
});

test("the pod is evicted: the video completes, and the eviction does not count as a failure", async () => {
  await evict(await workerOf(fileId));
  await expectSecondAttempt(["interrupted"]);
});

test("the controller is killed by SIGKILL while a worker encodes: the video completes in its first Job", async () => {
  const controllers = await podsOf("app.kubernetes.io/component=controller");
  for (const pod of controllers) await killContainer(pod);
  const restarts = controllers.reduce((sum, pod) => sum + restartsOf(pod), controllers.length);
  await until(async () => {
    const pods = await podsOf("app.kubernetes.io/component=controller");
    return pods.reduce((sum, pod) => sum + restartsOf(pod), 0) === restarts;
  }, "every controller was started again");
  await expectFirstAttempt();
});

test("the finished Job is deleted while the controller is down: the video stays completed, from its one attempt", async () => {
  await transpod.untilEnded(fileId);
  await withoutController(async () => {
    const { metadata } = await untilJobEnded(fileId);
    await kubectl(["delete", "job", metadata.name]);
  });
  // When this one is transcoded, the controller has also swept the other one.
  const later = await transpod.client.upload(h264);
  expect((await transpod.untilEnded(later)).processing_status).toBe("completed");
  await expectFirstAttempt();
});

test("the controller is away while the worker ends: it waits with its result, and the video completes", async () => {
  const worker = await workerOf(fileId);
  await withoutController(async () => {
    await until(
      async () => (await kubectl(["logs", worker.metadata.name])).includes('"phase":"upload"'),
      "the worker wants to upload",
    );
  });
  await expectFirstAttempt();
});
