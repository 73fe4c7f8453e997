import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import getPort from "get-port";
import { expect, onTestFinished, test, vi } from "vitest";
import { startChild } from "@transpod/embedded/child.ts";
import { temporaryFolder } from "@transpod/embedded/temporary-folder.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { findFaults, readFacts } from "../e2e/proof.ts";
import { makeSample } from "../e2e/samples.ts";
import { freshAws, freshDatabase } from "../harness.ts";
import type { ControllerArguments } from "./controller-process.ts";
import { padToSize } from "./large-file.ts";
import { watchMemory } from "./peak-memory.ts";
import { buckets, startVersity } from "./versity.ts";

const sizeBytes = 6e9;
/** The limit of memory for each, whatever the size of the file. */
const mostMegabytes = 400;
const kinds = {
  client: /client-process\.ts/,
  api: /api\/main\.ts/,
  controller: /controller-process\.ts/,
  worker: /transcoder-image\/main\.ts/,
  ffmpeg: /^ffmpeg |\/ffmpeg /,
};

/** All errors, also those that a retry repaired. */
const complaints: string[] = [];
const onLine = (line: string) => {
  if (!line.includes('"level":"info"')) complaints.push(line);
};

const entry = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Postgres and SQS of the run, S3 on the disk, API and controller as processes of their own. */
async function startTranspod(folder: string): Promise<string> {
  await using parts = new AsyncDisposableStack();
  const database = await freshDatabase();
  parts.defer(() => database.drop());
  const { endpoint: sqsEndpoint, queueUrl } = await freshAws();
  const { endpoint: s3Endpoint } = parts.use(await startVersity(folder));
  const [port, workPort] = [await getPort(), await getPort()];
  const scratchDir = join(folder, "work");
  await mkdir(scratchDir);
  const given: ControllerArguments = {
    ...{ databaseUrl: database.url, s3Endpoint, sqsEndpoint, queueUrl, ...buckets },
    ...{ scratchDir, workPort },
    settings: {
      SWEEP_SECONDS: "1",
      UPLOAD_EVENT_GRACE_SECONDS: "1",
      MAX_UPLOAD_BYTES: "7000000000",
    },
  };
  const started = [
    startChild({
      ...{
        command: process.execPath,
        args: [entry("controller-process.ts"), JSON.stringify(given)],
      },
      env: process.env,
      onLine,
    }),
    startChild({
      ...{ command: process.execPath, args: [entry("../../api/main.ts")] },
      env: {
        ...process.env,
        ...{ PORT: String(port), HOST: "127.0.0.1", DATABASE_URL: database.url, AUTH: "off" },
        ...{ S3_ENDPOINT: s3Endpoint, SQS_ENDPOINT: sqsEndpoint, SQS_QUEUE_URL: queueUrl },
        ...{ S3_RAW_BUCKET: buckets.rawBucket, S3_PROCESSED_BUCKET: buckets.processedBucket },
        MAX_UPLOAD_BYTES: given.settings["MAX_UPLOAD_BYTES"],
      },
      onLine,
    }),
  ];
  for (const child of started) parts.defer(() => child.stop().then(() => {}));
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), 60_000);
  const running = parts.move();
  onTestFinished(() => running.disposeAsync());
  return url;
}

/** Runs a client until it has sent `most` parts, and kills it then. Resolves with the parts. */
async function sendParts(args: string[], most = Infinity): Promise<number[]> {
  const client = execa(process.execPath, [entry("client-process.ts"), ...args], { reject: false });
  const sent: number[] = [];
  for await (const line of createInterface(client.stdout)) {
    sent.push(Number(line));
    if (sent.length === most) client.kill("SIGKILL");
  }
  const { stderr } = await client;
  expect(stderr).toBe("");
  return sent;
}

test("a file of 6 GB goes up in parts though its client is killed half-way, and is transcoded, in constant memory", async () => {
  const folder = temporaryFolder();
  const url = await startTranspod(folder);
  const path = await makeSample(folder, { codec: "h264", extension: ".mp4", seconds: 4 });
  await padToSize(path, sizeBytes);
  const memory = watchMemory(kinds);
  const seconds = stopwatch();

  const client = new TranspodClient(url);
  const { file_id, upload_url } = await client.announce(path);
  expect(upload_url).toBeNull();
  const count = Math.ceil(sizeBytes / (16 * 1024 ** 2));
  const first = await sendParts([url, file_id, path], Math.floor(count / 2));
  const second = await sendParts([url, file_id, path]);
  expect(first.length).toBeGreaterThanOrEqual(Math.floor(count / 2));
  expect(first.filter((part) => second.includes(part))).toEqual([]);
  const uploaded = seconds();
  const status = await client.watch(file_id, () => {}, AbortSignal.timeout(20 * 60_000));
  expect(status).toMatchObject({ processing_status: "completed", size_bytes: sizeBytes });
  const done = seconds();

  const output = join(folder, "output.mp4");
  await client.download(file_id, "processed", output, { overwrite: true });
  expect(findFaults(await readFacts(path), await readFacts(output))).toEqual([]);
  const peaks = await memory.end();
  const phases = status.phase_times;
  console.log({ seconds: { uploaded, done }, phases, megabytes: peaks, complaints });
  for (const kind of ["client", "api", "controller", "worker"]) {
    expect([kind, peaks[kind]! < mostMegabytes]).toEqual([kind, true]);
  }
});

function stopwatch(): () => number {
  const began = performance.now();
  return () => Math.round((performance.now() - began) / 1_000);
}
