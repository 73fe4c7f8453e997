import { expect, onTestFinished, test, vi } from "vitest";
import { WorkQueue } from "./work-queue.ts";

function deferred(): { promise: Promise<void>; resolve: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, resolve };
}

test("a key that is added many times while it is handled is handled once more", async () => {
  const gate = deferred();
  const handled: string[] = [];
  const queue = new WorkQueue({
    concurrency: 2,
    onError: () => {},
    async handle(key) {
      handled.push(key);
      if (handled.length === 1) await gate.promise;
    },
  });
  queue.add("a");
  await vi.waitUntil(() => handled.length === 1);
  for (let i = 0; i < 10; i++) queue.add("a");
  expect(handled).toEqual(["a"]);
  gate.resolve();
  await vi.waitUntil(() => handled.length === 2);
  await queue.close();
  expect(handled).toEqual(["a", "a"]);
});

test("a key that fails comes back and holds up no other", async () => {
  const handled: string[] = [];
  const errors: string[] = [];
  const queue = new WorkQueue({
    concurrency: 1,
    retryMs: { initial: 1, max: 4 },
    onError: (key) => errors.push(key),
    async handle(key) {
      handled.push(key);
      if (key === "bad" && errors.length < 3) throw new Error("not yet");
    },
  });
  queue.add("bad");
  queue.add("good");
  await vi.waitUntil(() => handled.filter((key) => key === "bad").length === 4);
  await queue.close();
  expect(errors).toEqual(["bad", "bad", "bad"]);
  expect(handled.slice(0, 2)).toEqual(["bad", "good"]);
});

test("a key that is added while it waits for its retry is not tried more often for it", async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  let tries = 0;
  const queue = new WorkQueue({
    concurrency: 1,
    retryMs: { initial: 20, max: 20 },
    onError: () => {},
    async handle() {
      tries += 1;
      throw new Error("down");
    },
  });
  for (let ms = 0; ms < 200; ms += 1) {
    queue.add("a");
    await vi.advanceTimersByTimeAsync(1);
  }
  await queue.close();
  // Once at first, then each 20 ms: without the wait it would be once each millisecond.
  expect(tries).toBeGreaterThanOrEqual(9);
  expect(tries).toBeLessThanOrEqual(11);
});

test("closing waits for what runs and takes nothing more", async () => {
  const gate = deferred();
  const handled: string[] = [];
  const queue = new WorkQueue({
    concurrency: 1,
    onError: () => {},
    async handle(key) {
      handled.push(key);
      await gate.promise;
    },
  });
  queue.add("running");
  queue.add("waiting");
  await vi.waitUntil(() => handled.length === 1);
  const closed = queue.close();
  queue.add("late");
  gate.resolve();
  await closed;
  expect(handled).toEqual(["running"]);
});
