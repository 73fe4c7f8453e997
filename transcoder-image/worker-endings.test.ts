import { readdir, statfs, truncate as cut, writeFile } from "node:fs/promises";
import { failures } from "@transpod/contract/failures.ts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { overwriteWithNoise, truncate } from "./testing/damage.ts";
import { generate } from "./testing/generate.ts";
import { makeScratch, type Scratch } from "./testing/scratch.ts";
import { childrenOf, isAlive, startWorker, type WorkerProcess } from "./testing/worker-process.ts";
import { WorkServer } from "./testing/work-server.ts";

vi.setConfig({ testTimeout: 60_000 });

const deadline = { timeout: 20_000, interval: 20 };

let scratch: Scratch;
/** Takes several seconds to encode: time enough to be interrupted. */
let long: string;
let short: string;

beforeAll(async () => {
  scratch = await makeScratch();
  long = await generate(scratch.file("long.mp4"), { size: "1280x720", seconds: 12 });
  short = await generate(scratch.file("short.mp4"));
}, 60_000);
afterAll(() => scratch[Symbol.asyncDispose]());

describe("while it encodes", () => {
  test("a worker that is fenced stops ffmpeg and exits with 20", async () => {
    let fenced = false;
    const sourcePath = long;
    const fenceWhen = () => fenced;
    await using server = await new WorkServer({ sourcePath, fileName: "a.mp4", fenceWhen }).start();
    await using folder = await makeScratch();
    const worker = startWorker(server.url, folder.path);
    const ffmpeg = await encoderOf(worker, server);
    fenced = true;
    expect((await worker).exitCode).toBe(20);
    expect(isAlive(ffmpeg)).toBe(false);
    expect(server.failed, "nothing is reported for an attempt that is not ours").toBeUndefined();
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("a worker that is told to stop reports it and exits with 143", async () => {
    await using server = await serve(long);
    await using folder = await makeScratch();
    const worker = startWorker(server.url, folder.path);
    const ffmpeg = await encoderOf(worker, server);
    worker.kill("SIGTERM");
    expect((await worker).exitCode).toBe(143);
    expect(isAlive(ffmpeg)).toBe(false);
    expect(server.failed).toMatchObject({ code: "interrupted", original: { codec: "h264" } });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("an ffmpeg that stands still is given up", async () => {
    await using server = await serve(long);
    await using folder = await makeScratch();
    const worker = startWorker(server.url, folder.path, { STALL_SECONDS: "2" });
    const ffmpeg = await encoderOf(worker, server);
    process.kill(ffmpeg, "SIGSTOP");
    expect((await worker).exitCode).toBe(1);
    expect(server.failed?.code).toBe("stalled");
    expect(isAlive(ffmpeg)).toBe(false);
  });

  test("an ffmpeg that is killed from outside is reported, never published", async () => {
    await using server = await serve(long);
    await using folder = await makeScratch();
    const worker = startWorker(server.url, folder.path);
    process.kill(await encoderOf(worker, server), "SIGKILL");
    expect((await worker).exitCode).toBe(137);
    expect(server.failed?.code).toBe("out_of_memory");
    expect(server.completed).toBeUndefined();
  });
});

test.each(["download", "probe", "encode", "verify", "upload"])(
  "a worker that is told to stop while it is at %s never says that it succeeded when it did not",
  async (phase) => {
    await using server = await serve(short);
    await using folder = await makeScratch();
    const worker = startWorker(server.url, folder.path);
    for await (const line of worker) {
      if (line.includes(`"phase":"${phase}"`)) worker.kill("SIGTERM");
    }
    const { exitCode } = await worker;
    // Or it was done before it heard.
    const done = server.completed !== undefined;
    expect([exitCode, server.failed?.code]).toEqual(done ? [0, undefined] : [143, "interrupted"]);
    expect(await readdir(folder.path)).toEqual([]);
  },
);

test("a file that is too large for the disk is not begun, and counts as a failure", async () => {
  const { bavail, bsize } = await statfs(scratch.path);
  // It has no blocks of its own, only a size.
  const large = scratch.file("large.mp4");
  await writeFile(large, "");
  await cut(large, Math.ceil((bavail * bsize) / 2));
  await using server = await serve(large);
  const worker = await startWorker(server.url, scratch.path);
  expect(worker.exitCode).toBe(1);
  expect(server.failed?.code).toBe("disk_full");
  expect(server.failed?.detail).toMatch(/MiB of free disk/);
});

const atFault = [
  ["empty_file", () => written("")],
  ["not_a_video", () => written("just a text")],
  ["truncated", () => truncate(short, scratch.file("half.mp4"), 0.5)],
  ["no_video_track", () => generate(scratch.file("sound.mp4"), { options: ["-vn"] })],
  ["unsupported_codec", () => generate(scratch.file("old.mp4"), { codec: "mpeg4" })],
  ["unsupported_codec", () => generate(scratch.file("flat.mp4"), { size: "32x2" })],
  ["damaged", () => ruined("libx264")],
  ["damaged", () => ruined("libx265")],
] as const;

test.each(atFault)("a file at fault ends as %s", async (code, make) => {
  await using server = await serve(await make());
  const worker = await startWorker(server.url, scratch.path);
  expect(worker.exitCode).toBe(failures[code].exit);
  expect(server.failed).toMatchObject({ code, lease: 1 });
  expect(server.failed?.detail).not.toMatch(/0x[0-9a-f]{6}|\/tmp/);
});

test("the last lines of the worker, and of an ffmpeg that failed, come with the report", async () => {
  await using server = await serve(await generate(scratch.file("flat.mp4"), { size: "32x2" }));
  const worker = await startWorker(server.url, scratch.path);
  const lines = server.failed?.worker_log?.split("\n") ?? [];
  expect(lines).toContainEqual(expect.stringMatching(/Z phase phase=encode$/));
  expect(lines).toContainEqual(expect.stringMatching(/Z ffmpeg line=\[libx265 @ .*\[error\]/));
  expect(lines.at(-1)).toMatch(/Z failed exit=13 code=unsupported_codec detail=/);
  expect(worker.stdout, "kubectl logs shows them too").toContain('"event":"ffmpeg"');
});

test("frames that a damaged source lost are the source's fault", async () => {
  await using server = await serve(await ruined("libx265", 0.3));
  const worker = await startWorker(server.url, scratch.path);
  expect(worker.exitCode).toBe(failures.damaged.exit);
  expect(server.failed?.detail).toMatch(/it contains 50 frames, but only \d+ can be decoded\.$/);
});

test("a result that grows beyond what anybody wants ends as soon as that is clear", async () => {
  const filters = "noise=alls=40:allf=t";
  const options = ["-crf", "48"];
  const noise = { seconds: 40, audio: null, filters, options };
  const sourcePath = await generate(scratch.file("optimal.mp4"), noise);
  const settings = { if_larger: "stop", preset: "ultrafast" } as const;
  await using server = await new WorkServer({ sourcePath, fileName: "a.mp4", settings }).start();
  const worker = await startWorker(server.url, scratch.path);
  expect(worker.exitCode).toBe(failures.already_optimal.exit);
  expect(server.failed).toMatchObject({ code: "already_optimal", original: { codec: "h264" } });
  const [last] = server.progress.filter(({ phase }) => phase === "encode").slice(-1);
  expect(last?.percent).toBeLessThan(90);
});

test("a client that chooses nothing gets a larger result too, and is told how much larger", async () => {
  const noise = { seconds: 1, audio: null, filters: "noise=alls=40:allf=t" };
  const options = ["-crf", "48"];
  const sourcePath = await generate(scratch.file("noise.mp4"), { ...noise, options });
  await using server = await new WorkServer({ sourcePath, fileName: "a.mp4" }).start();
  const worker = await startWorker(server.url, scratch.path);
  expect(worker.exitCode).toBe(0);
  expect(server.completed?.target_codec).toBe("hevc");
  expect(server.completed?.notes).toContainEqual(
    expect.stringMatching(
      /^The result is (?:\d+ % larger than|\d+\.\d times as large as) the source\.$/,
    ),
  );
});

test("a source that was replaced is not transcoded", async () => {
  const options = { sourcePath: short, fileName: "a.mp4", replaced: true };
  await using server = await new WorkServer(options).start();
  const worker = await startWorker(server.url, scratch.path);
  expect(worker.exitCode).toBe(failures.source_changed.exit);
  expect(server.failed?.code).toBe("source_changed");
});

test("a token that is refused ends the worker without a word", async () => {
  await using server = await serve(short);
  const worker = await startWorker(server.url, scratch.path, { WORK_TOKEN: "forged" });
  expect(worker.exitCode).toBe(20);
});

test("a wrong environment is named", async () => {
  const worker = await startWorker("controller", scratch.path);
  expect(worker.exitCode).toBe(1);
  expect(worker.stderr).toContain("WORK_URL");
});

function serve(sourcePath: string): Promise<WorkServer> {
  return new WorkServer({ sourcePath, fileName: "a.mp4" }).start();
}

async function ruined(codec: "libx264" | "libx265", share?: number): Promise<string> {
  const whole = await generate(scratch.file("sound.mp4"), { codec, seconds: 2 });
  return overwriteWithNoise(whole, scratch.file("noise.mp4"), share);
}

async function written(text: string): Promise<string> {
  const path = scratch.file("written.mp4");
  await writeFile(path, text);
  return path;
}

/** The process id of the ffmpeg that encodes, once it has shown that it moves. */
async function encoderOf(worker: WorkerProcess, server: WorkServer): Promise<number> {
  await vi.waitFor(() => {
    expect(server.progress.at(-1)).toMatchObject({ phase: "encode" });
    expect(server.progress.at(-1)?.frame).toBeGreaterThan(0);
  }, deadline);
  const [ffmpeg, ...others] = await childrenOf(worker.pid);
  expect(others).toEqual([]);
  if (ffmpeg === undefined) throw new Error("the worker has no child");
  return ffmpeg;
}
