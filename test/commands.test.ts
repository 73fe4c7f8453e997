import { afterEach, expect, test, vi } from "vitest";
import { cancelFile } from "@transpod/store/cancel.ts";
import { requeueFile } from "@transpod/store/retry.ts";
import { startTestController, type TestController } from "./test-controller.ts";

/** What clients' commands do to Jobs and objects: the real controller, with workers that only wait. */

let transpod: TestController;
afterEach(() => transpod.stop());

const patience = { timeout: 20_000, interval: 20 };
const noJobs = async () => (await transpod.jobs.list()).length === 0;

test("cancelling a running file ends its worker and removes its Job, without waiting for a sweep", async () => {
  transpod = await startTestController({ sweepSeconds: 3600 });
  const file = await transpod.announce("hang.mp4");
  await transpod.put(file);
  await transpod.until(file, (status) => status.state === "processing");
  await vi.waitUntil(async () => !(await noJobs()), patience);
  expect(await cancelFile(transpod.pool, file.file_id)).toBe(true);
  await vi.waitUntil(noJobs, patience);
  expect((await transpod.untilEnded(file)).state).toBe("cancelled");
});

test("a cancel that no controller heard is carried out by the next one", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("hang.mp4");
  await transpod.put(file);
  await vi.waitUntil(async () => !(await noJobs()), patience);
  await transpod.whileStopped(async () => {
    expect(await cancelFile(transpod.pool, file.file_id)).toBe(true);
  });
  await vi.waitUntil(noJobs, patience);
});

test("a file that used up its attempts gets all of them again when a client retries it", async () => {
  transpod = await startTestController({ maxAttempts: 2 });
  const file = await transpod.announce("exit-1.mp4");
  await transpod.put(file);
  expect(await transpod.untilEnded(file)).toMatchObject({ state: "failed", attempt: 2 });
  expect(await requeueFile(transpod.pool, file.file_id)).toBe(true);
  await transpod.until(file, (status) => status.state === "failed" && status.attempt === 4);
});

test("a cancelled file that is retried at once is published by its new worker alone", async () => {
  transpod = await startTestController();
  const file = await transpod.announce("once-hang.mp4");
  await transpod.put(file);
  await vi.waitUntil(async () => !(await noJobs()), patience);
  await cancelFile(transpod.pool, file.file_id);
  await requeueFile(transpod.pool, file.file_id);
  expect(await transpod.untilEnded(file)).toMatchObject({ state: "completed", attempt: 2 });
  const attempts = async () => (await transpod.jobs.list()).map((job) => job.attempt);
  await vi.waitUntil(async () => (await attempts()).join() === "2", patience);
});
