import { readFile } from "node:fs/promises";
import { setInterval } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startApi } from "@transpod/api/api.ts";
import { readApiConfig } from "@transpod/api/config.ts";
import type { Problem } from "@transpod/contract/public-api.ts";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import type { NewFile } from "@transpod/store/files.ts";
import { generate } from "@transpod/transcoder-image/testing/generate.ts";
import { makeScratch, type Scratch } from "@transpod/transcoder-image/testing/scratch.ts";
import { httpStatus, type Fault } from "../fault-proxy.ts";
import { startTestController, type TestController } from "../test-controller.ts";

/**
 * The real API, controller and worker, while a service that they need is down. The tests mostly wait, and
 * each has its own database and buckets: they run concurrently.
 */

const transcoder = fileURLToPath(
  new URL("main.ts", import.meta.resolve("@transpod/transcoder-image/config.ts")),
);
const settings = { ...defaultSettings, preset: "ultrafast" as const };
const waitOptions = { timeout: 90_000, interval: 100 };
/** A fast machine encodes the clip in a quarter of a second. With this, the worker still reports that phase. */
const heartbeatSeconds = 0.05;

let scratch: Scratch;
let clip: Buffer;
beforeAll(async () => {
  scratch = await makeScratch();
  clip = await readFile(await generate(scratch.file("clip.mp4"), { size: "320x180", seconds: 4 }));
});
afterAll(() => scratch[Symbol.asyncDispose]());

/** The API behind the same proxies. Clients reach S3 without one. */
async function startApiToo(transpod: TestController) {
  const { aws, faults, databaseUrl } = transpod;
  const config = readApiConfig({
    ...{ PORT: "0", HOST: "127.0.0.1", DATABASE_URL: databaseUrl, AWS_REGION: aws.region },
    ...{ S3_ENDPOINT: faults.s3.through(aws.endpoint), S3_PUBLIC_ENDPOINT: aws.endpoint },
    SQS_ENDPOINT: faults.sqs.through(aws.endpoint),
    SQS_QUEUE_URL: faults.sqs.through(aws.queueUrl),
    ...{ S3_RAW_BUCKET: aws.rawBucket, S3_PROCESSED_BUCKET: aws.processedBucket, AUTH: "off" },
  });
  const api = await startApi(config, { log: createLogger({ service: "api", level: "silent" }) });
  return { url: `http://127.0.0.1:${api.port}`, [Symbol.asyncDispose]: () => api.stop() };
}

async function announceAt(url: string): Promise<Response> {
  return await fetch(`${url}/upload`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ file_name: "holiday.mp4" }),
  });
}

/** Checks repeatedly that the condition holds, for this time. */
async function holds(ms: number, check: () => Promise<void>): Promise<void> {
  const until = performance.now() + ms;
  for await (const _ of setInterval(200)) {
    await check();
    if (performance.now() > until) return;
  }
}

async function encoding(transpod: TestController, name: string): Promise<NewFile> {
  const file = await transpod.announce(name, { settings });
  await transpod.put(file, clip);
  await transpod.until(file, (status) => status.progress?.phase === "encode");
  return file;
}

async function expectCompletedAtOnce(transpod: TestController, file: NewFile): Promise<void> {
  await vi.waitUntil(async () => (await transpod.endsOf(file))[0] === "completed", waitOptions);
  expect(await transpod.endsOf(file)).toEqual(["completed"]);
}

async function expectNothingGivenUp(transpod: TestController): Promise<void> {
  const { queueUrl, deadLetterQueueUrl } = transpod.aws;
  const empty = { waiting: 0, received: 0 };
  await vi.waitFor(
    async () => expect(await transpod.messagesIn(queueUrl)).toEqual(empty),
    waitOptions,
  );
  expect(await transpod.messagesIn(deadLetterQueueUrl)).toEqual(empty);
}

test.concurrent(
  "while Postgres is away no message is received, the API answers 503, a worker encodes on; then all completes",
  { timeout: 180_000 },
  async () => {
    const said = { heartbeatSeconds, silenceSeconds: 6, queueVisibilitySeconds: 1 };
    await using transpod = await startTestController(said, undefined, transcoder);
    const { faults, aws } = transpod;
    await using api = await startApiToo(transpod);
    const running = await encoding(transpod, "running.mp4");
    const waiting = await transpod.announce("waiting.mp4", { settings });

    await faults.postgres.suffer({ kind: "refuse" });
    await transpod.put(waiting, clip);
    const refused = await announceAt(api.url);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(((await refused.json()) as Problem).code).toBe("temporarily_unavailable");
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
    // A poll in progress may receive it once; then it becomes visible again, and stays.
    const stays = async () => {
      expect(await transpod.messagesIn(aws.queueUrl)).toEqual({ waiting: 1, received: 0 });
    };
    await vi.waitFor(() => holds(10_000, stays), waitOptions);

    await faults.postgres.suffer({ kind: "pass" });
    await vi.waitUntil(async () => (await announceAt(api.url)).status === 200, waitOptions);
    for (const file of [running, waiting]) await expectCompletedAtOnce(transpod, file);
    await expectNothingGivenUp(transpod);
  },
);

test.concurrent(
  "connections to Postgres that are half open are given up within 90 s, by the leader too",
  { timeout: 180_000 },
  async () => {
    await using transpod = await startTestController({}, "first");
    await using api = await startApiToo(transpod);
    await vi.waitUntil(() => transpod.leads(), waitOptions);
    const file = await transpod.announce("holiday.mp4");
    transpod.faults.postgres.freezeOpen();
    await transpod.put(file);
    const answer = vi.waitUntil(
      async () => (await announceAt(api.url)).status === 200,
      waitOptions,
    );
    await Promise.all([answer, expectCompletedAtOnce(transpod, file)]);
    await expectNothingGivenUp(transpod);
  },
);

const answersLost: [string, string, { after?: string }][] = [
  ["an upload is written down", "commit", { after: "insert into inbox" }],
  ["a Job is written down", "set launched_at = now(), waiting_for = null", {}],
  ["a worker has claimed", "set lease = lease + 1", {}],
  ["a multipart upload is kept", "set upload_lease = lease", {}],
  ["the result is published", "processed_key = $4", {}],
];

test.concurrent.each(answersLost)(
  "that %s is committed and the answer lost: it is read again, and there is one attempt",
  async (_, words, options) => {
    await using transpod = await startTestController();
    const lost = transpod.faults.postgres.loseAnswerTo(words, options);
    const file = await transpod.announce("holiday.mp4");
    await transpod.put(file);
    await lost;
    await expectCompletedAtOnce(transpod, file);
    await expectNothingGivenUp(transpod);
  },
);

test.concurrent(
  "that a failure is committed and the answer lost: the worker says it again, and one attempt follows",
  async () => {
    await using transpod = await startTestController({ maxAttempts: 2 });
    const lost = transpod.faults.postgres.loseAnswerTo("commit", {
      after: "set outcome = 'failed'",
    });
    const file = await transpod.announce("say-stalled.mp4");
    await transpod.put(file);
    await lost;
    await transpod.until(file, (status) => status.state === "failed");
    expect(await transpod.endsOf(file)).toEqual(["stalled", "stalled"]);
  },
);

test.concurrent(
  "that a retry is committed and the answer lost: the client asks again, and one attempt follows",
  async () => {
    await using transpod = await startTestController();
    await using api = await startApiToo(transpod);
    const file = await transpod.announce("exit-13.mp4");
    await transpod.put(file);
    await transpod.untilEnded(file);
    const retry = () => fetch(`${api.url}/upload/${file.file_id}/retry`, { method: "POST" });
    const after = "first_attempt = attempt + 1";
    const lost = transpod.faults.postgres.loseAnswerTo("commit", { after });
    expect((await retry()).status).toBe(503);
    await lost;
    await transpod.until(file, (status) => status.state === "failed" && status.attempt === 2);
    expect(await transpod.endsOf(file)).toEqual(["unsupported_codec", "unsupported_codec"]);
  },
);

const s3Faults: [string, Fault][] = [
  ["can't be reached", { kind: "refuse" }],
  ["answers 503", httpStatus(503)],
  ["says nothing", { kind: "freeze" }],
];

test.concurrent.each(s3Faults)(
  "while S3 and SQS %s a worker waits with its result; then all completes, at the first attempt",
  { timeout: 180_000 },
  async (_, fault) => {
    const said = { heartbeatSeconds, queueVisibilitySeconds: 1 };
    await using transpod = await startTestController(said, undefined, transcoder);
    const { faults, aws } = transpod;
    const running = await encoding(transpod, "running.mp4");
    const waiting = await transpod.announce("waiting.mp4", { settings });
    for (const proxy of [faults.s3, faults.sqs]) await proxy.suffer(fault);
    await transpod.put(waiting, clip);
    await transpod.until(running, (status) => status.progress?.phase === "upload");
    await holds(5_000, async () => {
      expect(await transpod.endsOf(running)).toEqual(["open"]);
      expect((await transpod.messagesIn(aws.deadLetterQueueUrl)).waiting).toBe(0);
    });
    for (const proxy of [faults.s3, faults.sqs]) await proxy.suffer({ kind: "pass" });
    for (const file of [running, waiting]) await expectCompletedAtOnce(transpod, file);
    await expectNothingGivenUp(transpod);
  },
);

test.concurrent(
  "a download that crawls and uploads that are cut in the middle cost nothing but time",
  { timeout: 180_000 },
  async () => {
    await using transpod = await startTestController({ heartbeatSeconds }, undefined, transcoder);
    const { s3 } = transpod.faults;
    await s3.suffer({ kind: "slow", bytesPerSecond: clip.length / 4 });
    const file = await encoding(transpod, "holiday.mp4");
    s3.cutAfter(50_000);
    await transpod.until(file, (status) => status.progress?.phase === "upload");
    await holds(3_000, async () => expect(await transpod.endsOf(file)).toEqual(["open"]));
    s3.cutAfter(undefined);
    await expectCompletedAtOnce(transpod, file);
  },
);
