import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { jobName, type AttemptRef } from "@transpod/contract/job-identity.ts";
import type { JobPort, JobSpec, JobStatus, WorkAuthenticator } from "@transpod/contract/ports.ts";

/** The job port of one platform, with workers that the test controls. */
export interface JobPortHarness {
  jobs: JobPort;
  authenticator: WorkAuthenticator;
  /** The timeout of each step there. */
  timeoutMs: number;
  /** Makes the first worker of a future Job end at once. Others run until they are ended. */
  tellToExit(spec: JobSpec, exitCode: number): Promise<void>;
  /** Resolves when that worker of a Job runs; by default the first, which has index 0. */
  worker(spec: JobSpec, index?: number): Promise<TestWorker>;
  stop(): Promise<void>;
}

export interface TestWorker {
  /** Its work token. */
  token: string;
  runs(): Promise<boolean>;
  /** Makes it end with this exit code. */
  end(exitCode: number): Promise<void>;
}

/** What the controller relies on, wherever Jobs run. To be called where a test file has its tests. */
export function describeJobPort(platform: string, start: () => Promise<JobPortHarness>): void {
  describe(`jobs on ${platform}`, () => {
    let harness: JobPortHarness;
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.stop());

    const until = <T>(condition: () => Promise<T>) =>
      vi.waitUntil(condition, { timeout: harness.timeoutMs, interval: 50 });
    const untilStatus = async (name: string, is: (status: JobStatus) => boolean) =>
      await until(async () => {
        const status = await harness.jobs.get(name);
        return status !== undefined && is(status) ? status : undefined;
      });
    const createRunning = async () => {
      const spec = newSpec();
      await harness.jobs.create(spec);
      return { spec, worker: await harness.worker(spec) };
    };

    test("a Job that is created many times at once is one Job", async () => {
      const spec = newSpec();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => harness.jobs.create(spec)),
      );
      expect(answers.toSorted()).toEqual(["created", ...Array<string>(9).fill("exists")]);
      expect(await harness.jobs.get(spec.name)).toMatchObject(refOf(spec));
      const named = (jobs: JobStatus[]) => jobs.filter((job) => job.name === spec.name);
      const listed = await until(async () => {
        const found = named(await harness.jobs.list());
        return found.length > 0 && found;
      });
      expect(listed).toMatchObject([refOf(spec)]);
      await harness.jobs.remove(spec.name);
    });

    test("a worker runs until it ends, and is known by its token alone", async () => {
      const [one, other] = await Promise.all([createRunning(), createRunning()]);
      for (const { spec, worker } of [one, other]) {
        expect(await untilStatus(spec.name, (job) => job.phase === "running")).toEqual({
          ...refOf(spec),
          name: spec.name,
          phase: "running",
          exitCode: null,
          disrupted: false,
          why: null,
          endedAt: null,
          workers: { started: 1, ended: 0 },
        });
        expect(await worker.runs()).toBe(true);
        expect(await harness.authenticator.authenticate(worker.token)).toMatchObject(refOf(spec));
        expect(await harness.authenticator.authenticate(`${worker.token}x`)).toBeUndefined();
      }
      expect(await harness.authenticator.authenticate("made-up")).toBeUndefined();
      await Promise.all([one, other].map(({ spec }) => harness.jobs.remove(spec.name)));
    });

    test("removing a Job ends its worker and its token, as often as one likes", async () => {
      const { spec, worker } = await createRunning();
      await Promise.all([harness.jobs.remove(spec.name), harness.jobs.remove(spec.name)]);
      await until(async () => !(await worker.runs()));
      await until(async () => (await harness.jobs.get(spec.name)) === undefined);
      const known = () => harness.authenticator.authenticate(worker.token);
      await until(async () => (await known()) === undefined);
      await until(async () => (await harness.jobs.list()).every((job) => job.name !== spec.name));
      await harness.jobs.remove(spec.name);
    });
    test.each([0, 1, 11, 20, 137, 143])("exit code %i is told as it is", async (exitCode) => {
      const spec = newSpec();
      await harness.tellToExit(spec, exitCode);
      await harness.jobs.create(spec);
      const status = await untilStatus(spec.name, (job) => job.endedAt !== null);
      expect(status).toMatchObject({
        ...refOf(spec),
        phase: exitCode === 0 ? "succeeded" : "failed",
        exitCode,
        disrupted: false,
        why: null,
      });
      expect(Math.abs(Date.now() - (status.endedAt?.getTime() ?? 0))).toBeLessThan(
        harness.timeoutMs,
      );
      expect(await harness.jobs.create(spec)).toBe("exists");
      await harness.jobs.remove(spec.name);
    });

    test("the end of a worker is announced by its attempt", async () => {
      const spec = newSpec();
      const heard: AttemptRef[] = [];
      harness.jobs.onChange(({ fileId, attempt }) => heard.push({ fileId, attempt }));
      await harness.tellToExit(spec, 0);
      await harness.jobs.create(spec);
      await untilStatus(spec.name, (job) => job.phase === "succeeded");
      await vi.waitFor(() => expect(heard).toContainEqual(refOf(spec)), {
        timeout: harness.timeoutMs,
      });
      await harness.jobs.remove(spec.name);
    });

    describe("an elastic Job", () => {
      const elasticSpec = () => ({ ...newSpec(), maxWorkers: 4 });
      const createWith = async (workers: number) => {
        const spec = elasticSpec();
        await harness.jobs.create(spec);
        await harness.jobs.setWorkers(spec.name, workers);
        const indexes = Array.from({ length: workers }, (_, index) => index);
        return { spec, workers: await Promise.all(indexes.map((i) => harness.worker(spec, i))) };
      };
      const untilEnded = async ({ name }: JobSpec, ended: number) =>
        await untilStatus(name, (job) => job.workers.ended === ended);

      test("starts with one worker, and more when it is asked for more", async () => {
        const spec = elasticSpec();
        await harness.jobs.create(spec);
        const first = await harness.worker(spec);
        const one = { phase: "running", workers: { started: 1, ended: 0 } };
        expect(await untilStatus(spec.name, (job) => job.phase === "running")).toMatchObject(one);
        // At once, in any order: the highest number counts.
        await Promise.all([3, 2, 3, 1].map((n) => harness.jobs.setWorkers(spec.name, n)));
        const others = await Promise.all([1, 2].map((index) => harness.worker(spec, index)));
        const three = { phase: "running", workers: { started: 3, ended: 0 } };
        expect(await untilStatus(spec.name, (job) => job.workers.started === 3)).toMatchObject(
          three,
        );
        for (const worker of [first, ...others]) {
          expect(await worker.runs()).toBe(true);
          expect(await harness.authenticator.authenticate(worker.token)).toMatchObject(refOf(spec));
        }
        await harness.jobs.remove(spec.name);
        await until(async () => !(await others[1]!.runs()));
      });

      test.each([0, 1, 137])(
        "runs on when one of its workers ends with %i, which is not replaced",
        async (exitCode) => {
          const { spec, workers } = await createWith(2);
          const heard: AttemptRef[] = [];
          harness.jobs.onChange(({ fileId, attempt }) => heard.push({ fileId, attempt }));
          await workers[0]!.end(exitCode);
          const status = { phase: "running", exitCode: null, workers: { started: 2, ended: 1 } };
          expect(await untilEnded(spec, 1)).toMatchObject(status);
          await vi.waitFor(() => expect(heard).toContainEqual(refOf(spec)), {
            timeout: harness.timeoutMs,
          });
          expect(await workers[0]!.runs()).toBe(false);
          expect(await workers[1]!.runs()).toBe(true);
          await harness.jobs.setWorkers(spec.name, 3);
          const third = await harness.worker(spec, 2);
          expect(await third.runs()).toBe(true);
          expect(await untilStatus(spec.name, (job) => job.workers.started === 3)).toMatchObject({
            workers: { started: 3, ended: 1 },
          });
          await harness.jobs.remove(spec.name);
        },
      );

      const endAll = async (exitCodes: readonly number[]) => {
        const { spec, workers } = await createWith(exitCodes.length);
        for (const [index, exitCode] of exitCodes.entries()) {
          await untilStatus(spec.name, (job) => job.phase === "running");
          await workers[index]!.end(exitCode);
          await untilEnded(spec, index + 1);
        }
        const status = await untilStatus(spec.name, (job) => job.endedAt !== null);
        const { length } = exitCodes;
        expect(status.workers).toEqual({ started: length, ended: length });
        // It does not start another one.
        await harness.jobs.setWorkers(spec.name, length + 1);
        expect(await harness.jobs.get(spec.name)).toEqual(status);
        await harness.jobs.remove(spec.name);
        return status;
      };

      test("has succeeded when all its workers ended with 0", async () => {
        const succeeded = { phase: "succeeded", exitCode: 0, disrupted: false, why: null };
        expect(await endAll([0, 0, 0])).toMatchObject(succeeded);
      });

      test("has failed when all ended, as the last one did that failed", async () => {
        expect(await endAll([1, 13, 0])).toMatchObject({
          ...{ phase: "failed", exitCode: 13, disrupted: false },
        });
      });
    });

    test("of a Job that does not exist nothing is known, and nothing about it fails", async () => {
      const { name } = newSpec();
      expect(await harness.jobs.get(name)).toBeUndefined();
      await harness.jobs.remove(name);
      await harness.jobs.setWorkers(name, 2);
      await harness.jobs.recordEvent(name, {
        type: "Normal",
        reason: "Nobody",
        message: "No one.",
      });
    });

    test("what happened is recorded on a Job without a word back", async () => {
      const { spec } = await createRunning();
      const event = { type: "Warning", reason: "Tested", message: "A test says so." } as const;
      expect(await harness.jobs.recordEvent(spec.name, event)).toBeUndefined();
      await harness.jobs.remove(spec.name);
    });
  });
}

function newSpec(): JobSpec {
  const ref: AttemptRef = { fileId: randomUUID(), attempt: 1 };
  const limits = { sourceSizeBytes: 1_000, memoryScale: 1, deadlineSeconds: 600, maxWorkers: 1 };
  return { ...ref, name: jobName(ref), ...limits };
}

function refOf({ fileId, attempt }: AttemptRef): AttemptRef {
  return { fileId, attempt };
}
