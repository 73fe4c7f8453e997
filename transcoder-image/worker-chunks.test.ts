import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { generate, type Recipe } from "./testing/generate.ts";
import { readPublished } from "./testing/published.ts";
import { makeScratch, type Scratch } from "./testing/scratch.ts";
import { startWorker } from "./testing/worker-process.ts";
import { WorkServer, type WorkServerOptions } from "./testing/work-server.ts";

vi.setConfig({ testTimeout: 60_000 });

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const settings = { workers: 4, preset: "ultrafast" } as const;
const cut = { maxWorkers: 4, chunkSeconds: 1 };
const gops: Recipe = { seconds: 3, options: ["-g", "10", "-bf", "2"] };

/** Runs the real worker on a file until it has published. */
async function transcode(sourcePath: string, options: Partial<WorkServerOptions> = {}) {
  const fileName = sourcePath.slice(sourcePath.lastIndexOf("/") + 1);
  await using server = await new WorkServer({
    sourcePath,
    fileName,
    settings,
    cut,
    ...options,
  }).start();
  await using folder = await makeScratch();
  const { exitCode } = await startWorker(server.url, folder.path);
  expect({ exitCode, failed: server.failed }).toEqual({ exitCode: 0, failed: undefined });
  expect(await readdir(folder.path), "the scratch folder is empty again").toEqual([]);
  const published = await readPublished(server, `${sourcePath}.published`);
  return { server, completed: server.completed!, published };
}

test("a video is encoded in chunks, which become one file", async () => {
  const source = await generate(scratch.file("chunks.mp4"), gops);
  const { server, completed, published } = await transcode(source);
  expect(server.chunks.cut).toMatchObject({ chunk_frames: [30, 45], original_codec: "h264" });
  expect(server.chunks.completed.map(({ verification }) => verification.frames)).toEqual([30, 45]);
  expect(published.video).toMatchObject({ codec: "hevc", tag: "hvc1" });
  expect(published.timestamps).toHaveLength(75);
  expect(completed.verification).toMatchObject({ frames: 75, duration_difference_ms: 0 });
});
