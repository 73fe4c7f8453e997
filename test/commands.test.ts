import { afterEach, expect, test, vi } from "vitest";
import { cancelFile } from "@transpod/store/cancel.ts";
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
