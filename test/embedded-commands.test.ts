import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TranspodClient } from "@transpod/client/client.ts";
import { findFaults, readFacts } from "./e2e/proof.ts";
import { makeSample } from "./e2e/samples.ts";
import { encodersIn, startTranspod, type Transpod } from "./test-transpod.ts";

let folder: string;
let transpod: Transpod;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "transpod-commands-test-"));
  transpod = await startTranspod({ DATA_DIR: join(folder, "data") });
});
afterEach(async () => {
  await transpod.end("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

const encoders = () => encodersIn(folder);

async function post(path: string): Promise<number> {
  return (await fetch(`${transpod.url}${path}`, { method: "POST" })).status;
}

test("cancelled in the middle of a transcode, its ffmpeg ends at once; retried, it is completed", async () => {
  const client = new TranspodClient(transpod.url);
  const source = await makeSample(folder, {
    codec: "h264",
    extension: ".mp4",
    seconds: 6,
    size: "640x360",
  });
  const fileId = await client.upload(source);
  await vi.waitUntil(async () => (await encoders()) > 0, { timeout: 30_000, interval: 50 });

  expect(await post(`/upload/${fileId}/cancel`)).toBe(200);
  await vi.waitUntil(async () => (await encoders()) === 0, { timeout: 20_000, interval: 50 });
  expect(await client.status(fileId)).toMatchObject({ processing_status: "cancelled", attempt: 1 });

  expect(await post(`/upload/${fileId}/retry`)).toBe(200);
  const events = await (await fetch(`${transpod.url}/upload/${fileId}/events`)).text();
  expect(events).toContain('"phase":"encode"');
  expect(events.match(/^id: .*$/gm)?.at(-1)).toBe("id: 2-completed");
  const status = await client.status(fileId);
  expect(status).toMatchObject({ processing_status: "completed", attempt: 2, failure: null });
  const output = join(folder, "out.mp4");
  await client.download(fileId, "processed", output, { overwrite: true });
  expect(findFaults(await readFacts(source), await readFacts(output))).toEqual([]);
}, 120_000);
