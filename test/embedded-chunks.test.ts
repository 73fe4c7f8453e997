import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FileEvent } from "@transpod/contract/events-api.ts";
import { generate } from "@transpod/transcoder-image/testing/generate.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { findFaults } from "./e2e/proof.ts";
import { runThrough } from "./e2e/run.ts";
import { startTranspod, type Transpod } from "./test-transpod.ts";

let folder: string;
let transpod: Transpod;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "transpod-chunks-test-"));
  transpod = await startTranspod({
    DATA_DIR: join(folder, "data"),
    ...{ CHUNK_SECONDS: "1", MAX_RUNNING_JOBS: "3", MAX_WORKERS_PER_VIDEO: "3" },
  });
});
afterEach(async () => {
  await transpod.end("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

test("several workers encode a video, each a chunk after the other, and it is joined", async () => {
  const client = new TranspodClient(transpod.url);
  const source = await generate(join(folder, "film.mp4"), {
    ...{ size: "320x180", seconds: 6, options: ["-g", "25", "-bf", "2"] },
  });
  const seen: FileEvent[] = [];
  const result = await runThrough(client, source, {
    folder: join(folder, "out"),
    settings: { workers: 3, preset: "ultrafast" },
    onStatus: (status) => seen.push(status),
  });
  expect(findFaults(result.original, result.processed)).toEqual([]);
  expect(await client.status(result.fileId)).toMatchObject({
    ...{ attempt: 1, verification: { frames: 150 }, notes: [] },
  });
  expect(Math.max(...seen.map(({ workers }) => workers ?? 0))).toBe(3);
  expect(seen).toContainEqual(
    expect.objectContaining({ chunks: { done: expect.any(Number) as number, total: 6 } }),
  );
});
