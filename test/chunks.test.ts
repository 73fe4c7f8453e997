import { fileURLToPath } from "node:url";
import { setInterval as everyMs } from "node:timers/promises";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterEach, expect, test, vi } from "vitest";
import type { ControllerSettings } from "@transpod/controller/config.ts";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import type { NewFile } from "@transpod/store/files.ts";
import { processingFiles } from "@transpod/store/sweeps.ts";
import { startTestController, type TestController } from "./test-controller.ts";

/** The whole controller with Jobs of several workers, which encode nothing (chunk-worker.ts). */
const worker = fileURLToPath(new URL("chunk-worker.ts", import.meta.url));
const waitOptions = { timeout: 60_000, interval: 20 };
vi.setConfig({ testTimeout: 120_000 });

let transpod: TestController;
afterEach(() => transpod.stop());

const start = async (settings: Partial<ControllerSettings>) => {
  transpod = await startTestController(settings, undefined, worker);
};

async function upload(name: string, workers = 3): Promise<NewFile> {
  const file = await transpod.announce(name, { settings: { ...defaultSettings, workers } });
  await transpod.put(file);
  return file;
}

interface Workers {
  started: number;
  ended: number;
  /** Whoever encoded a chunk. */
  names: string[];
}

async function workersOf({ file_id }: NewFile, attempt = 1): Promise<Workers> {
  const { rows } = await transpod.pool.query<Workers>(
    `select workers_started as started, workers_ended as ended,
       array(select distinct worker from chunk_leases l
         where l.file_id = t.file_id and l.attempt = t.attempt order by worker) as names
     from transactions t where file_id = $1 and attempt = $2`,
    [file_id, attempt],
  );
  return rows[0]!;
}

async function resultOf({ file_id }: NewFile): Promise<string[]> {
  const { processed_key: Key } = await transpod.until({ file_id } as NewFile, () => true);
  const { processedBucket: Bucket, s3 } = transpod.aws;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: Key ?? "" }));
  return (await Body!.transformToString()).split("\n");
}

const allChunks = Array.from({ length: 12 }, (_, chunk) => `chunk ${chunk}`);

async function expectCompleted(file: NewFile): Promise<void> {
  expect(await transpod.untilEnded(file)).toMatchObject({ state: "completed" });
  expect(await resultOf(file)).toEqual(allChunks);
}

test("a video gets as many workers as it may have while slots are free, and is put together from all chunks", async () => {
  await start({ maxRunningJobs: 9 });
  const file = await upload("film.mp4");
  await transpod.until(file, (status) => status.workers === 3);
  await vi.waitUntil(async () => (await workersOf(file)).names.length === 3, waitOptions);
  const running = await transpod.until(file, (status) => (status.chunks?.done ?? 0) > 2);
  expect(running.chunks?.total).toBe(12);
  expect(running.progress).toMatchObject({ phase: "encode", total_frames: 48 });
  await expectCompleted(file);
  expect((await workersOf(file)).started).toBe(3);
  expect(await transpod.endsOf(file)).toEqual(["completed"]);
  // The sweep removes the chunks.
  const { processedBucket: Bucket, s3 } = transpod.aws;
  await vi.waitUntil(async () => {
    const list = new ListObjectsV2Command({ Bucket, Prefix: `${file.file_id}/` });
    return (await s3.send(list)).Contents?.length === 1;
  }, waitOptions);
});

test("free slots are shared among videos, and never exceeded", async () => {
  await start({ maxRunningJobs: 3 });
  const files = [await upload("one.mp4"), await upload("two.mp4")];
  const most = await mostWorkersUntil(async () => {
    for (const file of files) await expectCompleted(file);
  });
  expect(most).toBe(3);
});

/** Of videos that are processed: the others' are being stopped. */
async function mostWorkersUntil(done: () => Promise<void>): Promise<number> {
  let most = 0;
  let watching = true;
  async function watch(): Promise<void> {
    for await (const _ of everyMs(20)) {
      if (!watching) return;
      const jobs = await transpod.jobs.list();
      const processing = new Set(await processingFiles(transpod.pool));
      const counts = jobs
        .filter(({ fileId }) => processing.has(fileId))
        .map(({ workers }) => workers.started - workers.ended);
      most = Math.max(
        most,
        counts.reduce((sum, count) => sum + count, 0),
      );
    }
  }
  const watched = watch();
  await done().finally(() => (watching = false));
  await watched;
  return most;
}

test("workers are released for a video that waits", async () => {
  await start({ maxRunningJobs: 2 });
  const long = await upload("long.mp4");
  await transpod.until(long, (status) => status.workers === 2);
  await vi.waitUntil(async () => (await workersOf(long)).names.length === 2, waitOptions);
  const other = await upload("other.mp4");
  await transpod.until(other, (status) => status.state === "processing");
  expect(await transpod.until(long, () => true)).toMatchObject({ state: "processing", workers: 1 });
  for (const file of [long, other]) await expectCompleted(file);
  expect(await transpod.endsOf(long)).toEqual(["completed"]);
});

test("a worker that dies costs its chunk, not the attempt", async () => {
  await start({ maxRunningJobs: 3, silenceSeconds: 3 });
  const file = await upload("dies-7.mp4");
  await transpod.until(file, ({ chunks }) => chunks !== null);
  await vi.waitUntil(async () => (await workersOf(file)).ended > 0, waitOptions);
  await expectCompleted(file);
  expect(await transpod.endsOf(file)).toEqual(["completed"]);
});

test("when the last worker of a Job dies, the next attempt continues with its chunks", async () => {
  await start({ maxRunningJobs: 3 });
  const file = await upload("dies-7.mp4", 1);
  const next = await transpod.until(
    file,
    ({ attempt, chunks }) => attempt === 2 && chunks !== null,
  );
  expect(next.chunks?.done).toBeGreaterThanOrEqual(7);
  await expectCompleted(file);
  expect(await transpod.endsOf(file)).toEqual(["out_of_memory", "completed"]);
});

test("with one slot no Job may have several workers", async () => {
  await start({ maxRunningJobs: 1 });
  const file = await upload("film.mp4");
  await transpod.untilEnded(file);
  const { rows } = await transpod.pool.query("select max_workers from transactions");
  expect(rows).toEqual([{ max_workers: 1 }]);
});
