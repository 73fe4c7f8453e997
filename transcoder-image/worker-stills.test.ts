import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { rotate } from "./testing/damage.ts";
import { generate, trimStart, type Recipe } from "./testing/generate.ts";
import { numbered, readNumber, sizeOf } from "./testing/numbered.ts";
import { makeScratch, type Scratch } from "./testing/scratch.ts";
import { startWorker } from "./testing/worker-process.ts";
import { WorkServer, type WorkServerOptions } from "./testing/work-server.ts";

vi.setConfig({ testTimeout: 60_000 });

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const rate = 25;
const film: Recipe = {
  ...{ seconds: 8, rate, filters: numbered, audio: null },
  options: ["-g", "40", "-bf", "3", "-x264-params", "b-adapt=0:scenecut=0"],
};

function make(name: string, recipe: Recipe = {}): Promise<string> {
  return generate(scratch.file(name), { ...film, ...recipe });
}

/** Runs the real worker on a file; the stills that it uploaded and announced. */
async function stillsOf(sourcePath: string, options: Partial<WorkServerOptions> = {}) {
  const fileName = sourcePath.slice(sourcePath.lastIndexOf("/") + 1);
  const settings = { preset: "ultrafast" } as const;
  await using server = await new WorkServer({ sourcePath, fileName, settings, ...options }).start();
  await using folder = await makeScratch();
  const { exitCode, stdout } = await startWorker(server.url, folder.path);
  expect({ exitCode, failed: server.failed }).toEqual({ exitCode: 0, failed: undefined });
  const picture = (name: string) => server.stills.received.get(name) ?? Buffer.alloc(0);
  const { stills = [] } = server.completed ?? {};
  const pairs = stills.map((still, pair) => ({
    ...still,
    original: picture(`${pair}-original`),
    processed: picture(`${pair}-processed`),
  }));
  return { server, pairs, poster: picture("poster"), log: stdout };
}

type Pairs = Awaited<ReturnType<typeof stillsOf>>["pairs"];

/** The numbers of the frames in both pictures of each pair, and those that belong to the announced times. */
async function numbersOf(pairs: Pairs, first = 0) {
  return await Promise.all(
    pairs.map(async ({ time_seconds, original, processed }) => ({
      original: await readNumber(original),
      processed: await readNumber(processed),
      announced: first + Math.round(time_seconds * rate),
    })),
  );
}

const same = (...numbers: number[]) =>
  numbers.map((n) => ({ original: n, processed: n, announced: n }));

test("four pairs show the very same frames of source and result, and the poster one of them", async () => {
  const { server, pairs, poster } = await stillsOf(await make("film.mp4"));
  expect(await numbersOf(pairs)).toEqual(same(28, 83, 116, 171));
  expect(await readNumber(poster)).toBe(83);
  expect(server.stills.received.size).toBe(9);
});

test("the frames are the same when the source is H.265", async () => {
  const { pairs } = await stillsOf(
    await make("film.mov", { codec: "libx265", options: ["-g", "40"] }),
  );
  expect(await numbersOf(pairs)).toEqual(same(28, 83, 116, 171));
});

test("the frames are the same when an edit list hides the first ones", async () => {
  const source = await trimStart(await make("whole.mp4"), scratch.file("edited.mp4"), 0.52);
  const { pairs } = await stillsOf(source);
  expect(await numbersOf(pairs, 13)).toEqual(same(39, 91, 121, 173));
});

test("the frames are the same when the frame rate varies", async () => {
  const filters = `${numbered},select='not(between(mod(n,31),7,19))'`;
  const { pairs } = await stillsOf(await make("varying.mp4", { filters }));
  const numbers = await numbersOf(pairs);
  expect(numbers).toHaveLength(4);
  expect(numbers).toEqual(same(...numbers.map(({ original }) => original)));
});

test("the frames are the same in a result that was joined from chunks", async () => {
  const settings = { workers: 4, preset: "ultrafast" } as const;
  const { server, pairs } = await stillsOf(await make("chunks.mp4"), {
    ...{ settings, cut: { maxWorkers: 4, chunkSeconds: 2 } },
  });
  expect(server.chunks.completed.length).toBeGreaterThan(1);
  expect(await numbersOf(pairs)).toEqual(same(28, 83, 116, 171));
});

test("pictures have the displayed size: square pixels, turned, at most 1920 wide; the poster 320", async () => {
  const wide = await make("wide.mp4", {
    ...{ size: "1440x1080", seconds: 0.2, filters: `${numbered},setsar=4/3` },
  });
  const { pairs, poster } = await stillsOf(wide);
  expect(pairs).toMatchObject([{ width: 1920, height: 1080 }]);
  expect(pairs.flatMap(({ original, processed }) => [sizeOf(original), sizeOf(processed)])).toEqual(
    Array.from({ length: 2 }, () => ({ width: 1920, height: 1080 })),
  );
  expect(sizeOf(poster)).toEqual({ width: 320, height: 180 });

  const turned = await rotate(await make("turned.mov", { size: "2560x1280", seconds: 0.2 }));
  const upright = await stillsOf(turned);
  expect(upright.pairs).toMatchObject([{ width: 1280, height: 2560 }]);
  const [{ original, processed } = { original: Buffer.alloc(0), processed: Buffer.alloc(0) }] =
    upright.pairs;
  expect(sizeOf(original)).toEqual({ width: 1280, height: 2560 });
  expect([await readNumber(original, true), await readNumber(processed, true)]).toEqual([2, 2]);
  expect(sizeOf(upright.poster)).toEqual({ width: 160, height: 320 });
});

test("a poster of noise stays small", async () => {
  const { poster } = await stillsOf(
    await make("noise.mp4", {
      ...{ size: "640x640", seconds: 0.2 },
      filters: "noise=alls=100:allf=t",
    }),
  );
  expect(poster.length).toBeGreaterThan(1_000);
  expect(poster.length).toBeLessThan(40_000);
});

test("HDR is shown as SDR in both pictures", async () => {
  const hdr = ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"];
  const source = await make("hdr.mp4", {
    ...{ codec: "libx265", pixelFormat: "yuv420p10le", seconds: 0.2, filters: numbered },
    options: hdr,
  });
  const { pairs } = await stillsOf(source);
  expect(await numbersOf(pairs)).toEqual(same(2));
});

test("a result without stills is published, and the log says why there are none", async () => {
  const { server, pairs, log } = await stillsOf(await make("refused.mp4", { seconds: 0.2 }), {
    refuseStills: true,
  });
  expect(pairs).toEqual([]);
  expect(server.completed?.verification.frames).toBe(5);
  expect(log).toContain(
    '"event":"no_stills","why":"AttemptError: The controller refused stills (422)',
  );
});
