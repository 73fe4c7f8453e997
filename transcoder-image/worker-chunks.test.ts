import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { generate, type Recipe } from "./testing/generate.ts";
import { readPublished } from "./testing/published.ts";
import { makeScratch, type Scratch } from "./testing/scratch.ts";
import { startWorker } from "./testing/worker-process.ts";
import { WorkServer, type WorkServerOptions } from "./testing/work-server.ts";

vi.setConfig({ testTimeout: 60_000 });

let scratch: Scratch;
/** 3 s that can be cut into chunks of 30, 30 and 15 frames. */
let film: string;
beforeAll(async () => {
  scratch = await makeScratch();
  film = await generate(scratch.file("film.mp4"), gops);
});
afterAll(() => scratch[Symbol.asyncDispose]());

const gops: Recipe = { seconds: 3, options: ["-g", "10", "-bf", "2"] };
const settings = { workers: 4, preset: "ultrafast" } as const;
const cut = { maxWorkers: 4, chunkSeconds: 1 };

function serve(options: Partial<WorkServerOptions> = {}): Promise<WorkServer> {
  const all = { sourcePath: film, fileName: "film.mp4", settings, cut, ...options };
  return new WorkServer(all).start();
}

/** Runs the real worker to its end. */
async function work(server: WorkServer): Promise<number | undefined> {
  await using folder = await makeScratch();
  const { exitCode } = await startWorker(server.url, folder.path);
  expect(await readdir(folder.path), "the scratch folder is empty again").toEqual([]);
  return exitCode;
}

test("a video is encoded in chunks, which become one file", async () => {
  await using server = await serve();
  expect(await work(server)).toBe(0);
  expect(server.chunks.cut).toMatchObject({
    ...{ chunk_frames: [30, 30, 15], original_codec: "h264", target_codec: "hevc" },
  });
  const frames = server.chunks.completed.map(({ verification }) => verification.frames);
  expect(frames).toEqual([30, 30, 15]);
  const { media, video, timestamps } = await readPublished(server, scratch.file("published.mp4"));
  expect(video).toMatchObject({ codec: "hevc", tag: "hvc1" });
  expect(media.audio).toMatchObject([{ codec: "aac" }]);
  expect(timestamps).toHaveLength(75);
  const likeness: unknown = expect.closeTo(0.95, 1);
  expect(server.completed).toMatchObject({
    verification: {
      ...{ frames: 75, max_timestamp_error_ms: 0, duration_difference_ms: 0 },
      ssim: { y: likeness, u: likeness, v: likeness },
    },
    notes: [],
  });
  const read = server.rangesAsked.slice(0, -1);
  expect(read.length, "until it is joined, only ranges are read").toBeGreaterThan(1);
  expect(read).not.toContain(undefined);
});

test("a video that can't be cut safely is encoded as a whole, and a note says why", async () => {
  const sourcePath = await generate(scratch.file("refresh.mp4"), {
    ...{ seconds: 3, options: ["-g", "10", "-x264-params", "intra-refresh=1"] },
  });
  await using server = await serve({ sourcePath });
  expect(await work(server)).toBe(0);
  expect(server.chunks.cut).toBeUndefined();
  expect(server.completed?.notes).toEqual([
    "One worker encoded the whole video. Its frames can't be decoded exactly from its sync samples on.",
  ]);
});

test("a worker that nobody needs any more ends", async () => {
  const afterCut = [{ task: "wait", seconds: 0.01 } as const, { task: "release" } as const];
  await using server = await serve({ cut: { ...cut, afterCut } });
  expect(await work(server)).toBe(0);
  expect(server.chunks.completed).toEqual([]);
  expect(server.failed).toBeUndefined();
});

test("a worker that loses its chunk to another one claims the next task", async () => {
  let fenced = 0;
  const fenceWhen: WorkServerOptions["fenceWhen"] = ({ chunk }) =>
    chunk === 0 && (fenced += 1) === 1;
  await using server = await serve({ fenceWhen });
  expect(await work(server)).toBe(0);
  expect(fenced).toBeGreaterThan(0);
  expect(server.chunks.completed.map(({ chunk }) => chunk)).toEqual([0, 1, 2]);
});

test("a worker that is told to stop says so of its chunk", async () => {
  await using folder = await makeScratch();
  const stopped: { worker?: ReturnType<typeof startWorker> } = {};
  await using server = await serve({
    fenceWhen({ chunk }) {
      if (chunk === 1) stopped.worker?.kill("SIGTERM");
      return false;
    },
  });
  stopped.worker = startWorker(server.url, folder.path);
  expect((await stopped.worker).exitCode).toBe(143);
  expect(server.failed).toMatchObject({ chunk: 1, lease: 1, code: "interrupted" });
  expect(server.chunks.completed).toHaveLength(1);
});
