import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TranspodClient } from "@transpod/client/client.ts";
import { findFaults, readFacts } from "../e2e/proof.ts";
import { runThrough } from "../e2e/run.ts";
import { makeSample } from "../e2e/samples.ts";
import { startApi } from "./api-container.ts";
import { startBacking } from "./backing.ts";
import { startTestController } from "./controller.ts";
import { docker, usersIn } from "./docker.ts";

type TestController = Awaited<ReturnType<typeof startTestController>>;

const parts = new AsyncDisposableStack();
let folder: string;
let client: TranspodClient;
let controller: TestController;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "transpod-containers-test-"));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const backing = parts.use(await startBacking());
  controller = parts.use(await startTestController(backing));
  client = new TranspodClient(parts.use(await startApi(backing)).url);
});
afterAll(() => parts.disposeAsync());

const small = { size: "320x180", seconds: 2 };

test.each([
  { codec: "h264", extension: ".mp4" },
  { codec: "hevc", extension: ".mov" },
] as const)("the image takes $codec the whole way", async (sample) => {
  const source = await makeSample(folder, { ...sample, ...small });
  const { fileId } = await runThrough(client, source, {
    folder: join(folder, "out"),
    onStatus: () => {},
  });
  expect(await client.status(fileId)).toMatchObject({
    processing_status: "completed",
    original_codec: sample.codec,
    attempt: 1,
    processed: { frames: 48, audio_codecs: ["aac"] },
  });
});

test("10 bits stay 10 bits", async () => {
  const sample = await makeSample(folder, { codec: "h264", extension: ".mp4", ...small });
  const source = join(folder, "ten-bits.mp4");
  await execa("ffmpeg", ["-v", "error", "-y", "-i", sample, "-pix_fmt", "yuv420p10le", source]);
  const { fileId } = await runThrough(client, source, { folder, onStatus: () => {} });
  const { processed } = await client.status(fileId);
  expect(processed).toMatchObject({ codec: "hevc", pixel_format: "yuv420p10le" });
});

test("a worker that is told to stop ends with 143, and the video goes to another one", async () => {
  const source = await makeSample(folder, { codec: "h264", extension: ".mp4", seconds: 4 });
  const fileId = await client.upload(source);
  await vi.waitUntil(async () => (await client.status(fileId)).progress?.phase === "encode", {
    timeout: 120_000,
    interval: 50,
  });
  const worker = (await controller.jobs.list()).find((job) => job.fileId === fileId);
  const top = await docker(["top", worker?.name ?? "", "-eo", "uid,pid,comm"]);
  expect(top).toContain("ffmpeg");
  expect(usersIn(top)).toEqual(new Set([10001]));

  const ended = docker(["wait", worker?.name ?? ""]);
  await docker(["stop", "--time", "60", worker?.name ?? ""]);
  expect(await ended).toBe("143");

  const status = await client.watch(fileId, () => {});
  expect(status).toMatchObject({ processing_status: "completed", attempt: 2 });
  const output = join(folder, "second.mp4");
  await client.download(fileId, "processed", output, { overwrite: true });
  expect(findFaults(await readFacts(source), await readFacts(output))).toEqual([]);
  const { rows } = await controller.pool.query(
    "select failure_code, counted from transactions where file_id = $1 and attempt = 1",
    [fileId],
  );
  expect(rows).toEqual([{ failure_code: "interrupted", counted: false }]);
});
