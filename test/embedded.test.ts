import { mkdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { FileEvent } from "@transpod/contract/events-api.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { findFaults, readFacts } from "./e2e/proof.ts";
import { runThrough } from "./e2e/run.ts";
import { makeSample } from "./e2e/samples.ts";
import { encodersIn, startTranspod, type Transpod } from "./test-transpod.ts";

const small = { size: "320x180", seconds: 2 };
const quiet = { onStatus: () => {} };

let folder: string;
let DATA_DIR: string;
let transpod: Transpod | undefined;

function newFolder(): void {
  folder = mkdtempSync(join(tmpdir(), "transpod-embedded-test-"));
  DATA_DIR = join(folder, "data");
}

async function end(): Promise<void> {
  await transpod?.end("SIGTERM");
  transpod = undefined;
  rmSync(folder, { recursive: true, force: true });
}

async function start(): Promise<TranspodClient> {
  transpod = await startTranspod({ DATA_DIR });
  return new TranspodClient(transpod.url);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const connected = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "close").then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return connected;
}

describe("started by the test", () => {
  beforeEach(newFolder);
  afterEach(end);

  test("both directions go the whole way, and their results survive a restart", async () => {
    let client = await start();
    const sources = [
      await makeSample(folder, { codec: "h264", extension: ".mp4", ...small }),
      await makeSample(folder, { codec: "hevc", extension: ".mov", ...small }),
    ];
    const ids: string[] = [];
    for (const source of sources) {
      const result = await runThrough(client, source, { folder: join(folder, "out"), ...quiet });
      expect(findFaults(result.original, result.processed)).toEqual([]);
      ids.push(result.fileId);
    }
    const before = await Promise.all(ids.map((id) => client.status(id)));
    expect(before[0]).toMatchObject({
      processing_status: "completed",
      original_codec: "h264",
      target_codec: "hevc",
      attempt: 1,
      original: { width: 320, height: 180, frames: 48, audio_codecs: ["aac"] },
      processed: { codec: "hevc", frames: 48 },
      verification: { frames: 48 },
      stills: 4,
    });

    expect(await transpod?.end("SIGINT")).toBe(0);
    client = await start();
    expect(await Promise.all(ids.map((id) => client.status(id)))).toEqual(before);
    const again = join(folder, "again.mp4");
    await client.download(ids[0]!, "original", again);
    expect(await readFacts(again)).toEqual(await readFacts(sources[0]!));
  });

  test("killed in the middle of a transcode and started again, it finishes the video once", async () => {
    const source = await makeSample(folder, {
      codec: "h264",
      extension: ".mp4",
      seconds: 4,
      size: "640x360",
    });
    const first = await start();
    const fileId = await first.upload(source);
    await vi.waitUntil(async () => (await encodersIn(folder)) > 0, {
      timeout: 30_000,
      interval: 50,
    });
    await transpod?.end("SIGKILL");

    const second = await start();
    const seen: FileEvent[] = [];
    const status = await second.watch(fileId, (said) => seen.push(said));
    expect(status).toMatchObject({ processing_status: "completed", attempt: 2, failure: null });
    const output = join(folder, "out.mp4");
    await second.download(fileId, "processed", output);
    expect(findFaults(await readFacts(source), await readFacts(output))).toEqual([]);
  });

  test("a busy port is named, and nothing is left running", async () => {
    const busy = createServer().listen(0, "127.0.0.1");
    await once(busy, "listening");
    const { port } = busy.address() as AddressInfo;
    await expect(startTranspod({ DATA_DIR, PORT: String(port) })).rejects.toThrow(
      `Port 127.0.0.1:${port} is in use by another program.`,
    );
    busy.close();
    const ports = JSON.parse(await readFile(join(DATA_DIR, "ports.json"), "utf8")) as object;
    for (const inner of Object.values(ports) as number[]) expect(await answers(inner)).toBe(false);
  });

  test("wrong settings are all named at once", async () => {
    const settings = {
      PORT: "eighty",
      MAX_RUNNING_JOBS: "0",
      MAX_ATTEMPTS: "few",
      CORS_ORIGINS: "x",
    };
    const wrong = startTranspod({ DATA_DIR, ...settings });
    for (const name of Object.keys(settings)) await expect(wrong).rejects.toThrow(`${name}: `);
  });
});

describe("started with a full log file", () => {
  let client: TranspodClient;
  let log: string;
  beforeAll(async () => {
    newFolder();
    await mkdir(DATA_DIR);
    log = join(DATA_DIR, "transpod.log");
    await writeFile(log, "");
    await truncate(log, 10_000_000);
    client = await start();
  });
  afterAll(end);

  test("a full log file is renamed at start", async () => {
    expect((await stat(`${log}.1`)).size).toBe(10_000_000);
    expect(await readFile(log, "utf8")).toContain('"event":"api_started"');
  });

  test("a second start on the same data is refused, and the first goes on", async () => {
    await expect(startTranspod({ DATA_DIR })).rejects.toThrow(
      `Another Transpod is using ${DATA_DIR}. Stop that one, or choose another folder with DATA_DIR.`,
    );
    await expect(client.status("00000000-0000-4000-8000-000000000000")).rejects.toThrow(
      "not found",
    );
  });

  test("files that are no videos fail with a sentence, at the first attempt", async () => {
    const at = (name: string) => join(folder, name);
    await writeFile(at("text.mp4"), "This is not a video.");
    const sound = ["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", at("sound.mp4")];
    await execa("ffmpeg", ["-nostdin", "-loglevel", "error", ...sound]);
    const whole = await makeSample(folder, { codec: "h264", extension: ".mp4", ...small });
    await truncate(whole, 20_000); // its moov is at the end: an upload that was cut off

    const expected = {
      "text.mp4": "not_a_video",
      "sound.mp4": "no_video_track",
      "sample-h264.mp4": "truncated",
    };
    for (const [name, code] of Object.entries(expected)) {
      const fileId = await client.upload(at(name));
      const status = await client.watch(fileId, () => {});
      expect(status).toMatchObject({ processing_status: "failed", attempt: 1, failure: { code } });
      expect(status.failure?.detail).toMatch(/^[A-Z].*\.$/);
    }
  });
});
