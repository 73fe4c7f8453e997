import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { podsOfFile, untilJobEnded } from "./cluster.ts";
import { JobRecorder } from "./job-recorder.ts";
import { openTranspod, type Transpod } from "./transpod.ts";

const { h264, slow } = inject("samples");

let transpod: Transpod;
let recorder: JobRecorder;
beforeAll(async () => {
  transpod = await openTranspod();
});
afterAll(() => transpod?.close());
beforeEach(() => {
  recorder = new JobRecorder();
});
afterEach(() => recorder[Symbol.asyncDispose]());

const uploadAll = (count: number) =>
  Promise.all(Array.from({ length: count }, () => transpod.client.upload(h264)));

/**
 * When the file's worker ran, by the kubelet's own record, in milliseconds; it counts whole seconds.
 * (A Job is still called active for a second or two when its container has ended.)
 */
async function workerTimes(fileId: string): Promise<{ began: number; ended: number }> {
  const [pod] = await podsOfFile(fileId);
  const { startedAt, finishedAt } = pod!.status.containerStatuses![0]!.state.terminated!;
  return { began: Date.parse(startedAt), ended: Date.parse(finishedAt) };
}

test("controller.maxRunningJobs=1: two videos at once run one after the other", async () => {
  await transpod.configure({ "controller.maxRunningJobs": 1 });
  const ids = await uploadAll(2);
  for (const id of ids) {
    expect((await transpod.untilEnded(id)).processing_status).toBe("completed");
  }
  const attempts = await Promise.all(ids.map((id) => transpod.database.attempts(id)));
  const [first, second] = attempts
    .flat()
    .toSorted((a, b) => a.reserved_at!.getTime() - b.reserved_at!.getTime());
  expect(second!.reserved_at!.getTime()).toBeGreaterThanOrEqual(first!.ended_at!.getTime());

  for (const id of ids) await untilJobEnded(id);
  const times = await Promise.all(ids.map(workerTimes));
  const [earlier, later] = times.toSorted((a, b) => a.began - b.began);
  expect(later!.began).toBeGreaterThanOrEqual(earlier!.ended);
});

test("transcoder.resources.memory too small for a video: it is tried again with twice as much until it fits", async () => {
  await transpod.configure({ "transcoder.resources.memory": "128Mi" });
  const id = await transpod.client.upload(slow);
  expect((await transpod.untilEnded(id)).processing_status).toBe("completed");
  expect(await transpod.database.attempts(id)).toMatchObject([
    { memory_scale: 1, end: "out_of_memory", counted: true },
    { memory_scale: 2, end: "out_of_memory", counted: true },
    { memory_scale: 4, end: "completed" },
  ]);
  const limits = recorder.of(id).map(({ memoryLimit }) => memoryLimit);
  expect(limits).toEqual(["128Mi", "256Mi", "512Mi"]);
  expect(await transpod.faultsOf(id, slow)).toEqual([]);
});

test("three controllers without leader election: one Job for each attempt, each file completed once", async () => {
  await transpod.configure({ "controller.replicas": 3, "controller.leaderElection": false });
  const ids = await uploadAll(6);
  for (const id of ids) {
    expect(await transpod.untilEnded(id)).toMatchObject({
      processing_status: "completed",
      attempt: 1,
    });
    expect(recorder.of(id)).toHaveLength(1);
    expect(await transpod.database.attempts(id)).toHaveLength(1);
    // An upload whose message was lost is "uploaded" first, when the sweep finds it.
    const history = await transpod.database.history(id);
    expect(history.filter(({ to_state }) => to_state !== "uploaded")).toEqual([
      { attempt: 0, to_state: "awaiting_upload" },
      { attempt: 1, to_state: "pending" },
      { attempt: 1, to_state: "processing" },
      { attempt: 1, to_state: "completed" },
    ]);
  }
});

test("an image that can't be pulled: the status says so while it waits, then the file fails", async () => {
  await transpod.configure({
    "transcoder.image.tag": "nonsense",
    "controller.startSeconds": 20,
  });
  const id = await transpod.client.upload(h264);
  const waiting = await transpod.untilStatus(
    id,
    ({ waiting_for }) => waiting_for !== null && /image/i.test(waiting_for),
    "says that it waits for its image",
  );
  expect(waiting.processing_status).toBe("processing");
  expect(waiting.waiting_for).toMatch(/nonsense/);
  const failed = await transpod.untilEnded(id);
  expect(failed).toMatchObject({
    processing_status: "failed",
    attempt: 1,
    failure: { code: "never_started", detail: expect.stringMatching(/image.*\.$/i) },
  });
  expect(recorder.of(id)).toHaveLength(1);
});
