import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { FileStatus, UploadResponse } from "@transpod/contract/public-api.ts";
import type { DeliveryList, WebhookCreated } from "@transpod/contract/webhooks.ts";
import { crashPoints, type CrashPoint } from "@transpod/runtime/crash-point.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { findFaults, readFacts, type Facts } from "../e2e/proof.ts";
import { makeSample } from "../e2e/samples.ts";
import { startTranspod, type Transpod } from "../test-transpod.ts";
import { startReceiver } from "../webhook-receiver.ts";
import { openInternals, type Attempt, type Internals } from "./internals.ts";

/**
 * The whole of embedded mode, killed at each crash point and started again on the same data. Its workers
 * die with it: an attempt that had begun is replaced by another. (Where workers outlive the controller:
 * test/faults/processes.test.ts, and on a cluster test/kind/2-interruptions.test.ts.)
 */

const mortal = fileURLToPath(new URL("main-with-crash-point.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "transpod-crash-test-"));
const DATA_DIR = join(folder, "data");
const quick = { preset: "ultrafast" } as const;
const waitOptions = { timeout: 60_000, interval: 50 };

let clip: string;
/** Long enough to be cancelled while it is worked on. */
let longer: string;
let facts: Map<string, Facts>;
let transpod: Transpod;
let client: TranspodClient;
let internals: Internals;

async function start(): Promise<void> {
  transpod = await startTranspod(
    // With one slot no video is cut.
    { DATA_DIR, SWEEP_SECONDS: "1", UPLOAD_EVENT_GRACE_SECONDS: "3", MAX_RUNNING_JOBS: "2" },
    mortal,
  );
  client = new TranspodClient(transpod.url);
  await internals?.close();
  // New ports, when the predecessor's Postgres and MiniStack take a moment to end.
  internals = await openInternals(DATA_DIR);
}

beforeAll(async () => {
  const small = { codec: "h264", extension: ".mp4", size: "160x90", frameRate: 12 } as const;
  clip = await makeSample(folder, { ...small, seconds: 1 });
  longer = await makeSample(mkdtempSync(join(folder, "longer-")), { ...small, seconds: 60 });
  facts = new Map([
    [clip, await readFacts(clip)],
    [longer, await readFacts(longer)],
  ]);
  await start();
});
afterAll(async () => {
  await internals?.close();
  await transpod?.end("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the action that reaches the point; resolves when Transpod has died there and runs again. */
async function dieAt<T>(point: CrashPoint, action: () => Promise<T>): Promise<T> {
  await transpod.arm(point);
  const done = await action();
  expect(await transpod.killed).toBe("SIGKILL");
  await start();
  return done;
}

const upload = () => client.upload(clip, quick);
const untilEnded = (fileId: string): Promise<FileStatus> => client.watch(fileId, () => {});
/** The server dies before it answers. */
async function unanswered(method: string, path: string): Promise<void> {
  await expect(fetch(`${transpod.url}/upload/${path}`, { method })).rejects.toThrow("fetch failed");
}

const once = (attempt: number, end: string, workers = 1): Attempt => ({
  ...{ attempt, end, workers },
  jobs: 1,
});

/** The last of these attempts published the result, and no other object is left. */
async function expectCompleted(
  fileId: string,
  attempts: Attempt[],
  { source = clip, lease = 1 }: { source?: string; lease?: number } = {},
): Promise<void> {
  const status = await untilEnded(fileId);
  expect(status).toMatchObject({ processing_status: "completed", failure: null });
  expect(await internals.attempts(fileId)).toEqual(attempts);
  expect(await internals.stepsBack(fileId)).toEqual([]);
  const published = `${fileId}/${attempts.length}-${lease}.mp4`;
  expect(await internals.publishedKey(fileId)).toBe(published);
  // The sweep removes an object that an earlier attempt joined but could not publish.
  await vi.waitUntil(async () => (await internals.results(fileId)).length === 1, waitOptions);
  expect(await internals.results(fileId)).toEqual([published]);
  const output = join(folder, "out.mp4");
  await client.download(fileId, "processed", output, { overwrite: true });
  expect(findFaults(facts.get(source)!, await readFacts(output))).toEqual([]);
}

async function expectDeleted(fileId: string): Promise<void> {
  await expect(client.status(fileId)).rejects.toThrow("was deleted");
  await vi.waitUntil(async () => (await internals.toClean()) === 0, waitOptions);
  expect(await internals.processed(fileId)).toEqual([]);
  expect(await internals.originals(fileId, "sample-h264.mp4")).toEqual([]);
  expect(await internals.stepsBack(fileId)).toEqual([]);
}

async function completedFile(): Promise<string> {
  const fileId = await upload();
  expect((await untilEnded(fileId)).processing_status).toBe("completed");
  return fileId;
}

async function runningFile(): Promise<string> {
  const fileId = await client.upload(longer, quick);
  await vi.waitUntil(async () => {
    const { processing_status } = await client.status(fileId);
    return processing_status === "processing";
  }, waitOptions);
  return fileId;
}

const lost = (workers: number) => once(1, "job_lost", workers);

const inParts = async () => (await client.announce(clip, quick, { inParts: true })).file_id;
const answer = (method: string, path: string) =>
  fetch(`${transpod.url}/upload/${path}`, { method }).then(({ status }) => status);

const proofs: Record<CrashPoint, () => Promise<void>> = {
  // MiniStack ends too and loses its uploads. For S3, which keeps them: controller/sweep/unknown-uploads.test.ts.
  async multipart_begun() {
    const fileId = await inParts();
    await dieAt("multipart_begun", () => unanswered("POST", `${fileId}/multipart`));
    await client.send(fileId, clip, { inParts: true });
    await expectCompleted(fileId, [once(1, "completed")]);
  },
  async upload_joined() {
    const fileId = await inParts();
    await dieAt("upload_joined", () =>
      expect(client.send(fileId, clip, { inParts: true })).rejects.toThrow("No Transpod answers"),
    );
    expect(await answer("POST", `${fileId}/multipart/complete`)).toBe(200);
    await expectCompleted(fileId, [once(1, "completed")]);
  },
  async upload_expired() {
    const fileId = await inParts();
    expect(await answer("POST", `${fileId}/multipart`)).toBe(200);
    const known = () => internals.knowUpload(fileId, basename(clip));
    expect(await known()).toEqual(["row", "s3"]);
    await dieAt("upload_expired", () => internals.letExpire(fileId));
    expect(await client.status(fileId)).toMatchObject({ failure: { code: "upload_expired" } });
    await vi.waitUntil(async () => (await known()).length === 0, waitOptions);
    expect(await internals.attempts(fileId)).toEqual([]);
    expect(await internals.stepsBack(fileId)).toEqual([]);
  },
  async arrivals_written() {
    await expectCompleted(await dieAt("arrivals_written", upload), [once(1, "completed")]);
  },
  async arrivals_committed() {
    await expectCompleted(await dieAt("arrivals_committed", upload), [once(1, "completed")]);
  },
  async slot_reserved() {
    await expectCompleted(await dieAt("slot_reserved", upload), [once(1, "completed")]);
  },
  async job_created() {
    await expectCompleted(await dieAt("job_created", upload), [once(1, "completed")]);
  },
  async attempt_claimed() {
    const fileId = await dieAt("attempt_claimed", upload);
    await expectCompleted(fileId, [lost(1), once(2, "completed")]);
  },
  cut_stored: () => dieInCut("cut_stored"),
  chunk_completed: () => dieInCut("chunk_completed"),
  async upload_begun() {
    const fileId = await dieAt("upload_begun", upload);
    await expectCompleted(fileId, [lost(1), once(2, "completed")]);
  },
  async parts_joined() {
    const fileId = await dieAt("parts_joined", upload);
    await expectCompleted(fileId, [lost(1), once(2, "completed")]);
  },
  async completion_committed() {
    await expectCompleted(await dieAt("completion_committed", upload), [once(1, "completed")]);
  },
  async failure_committed() {
    const broken = join(folder, "text.mp4");
    await writeFile(broken, "This is not a video.");
    const fileId = await dieAt("failure_committed", () => client.upload(broken));
    expect(await untilEnded(fileId)).toMatchObject({ failure: { code: "not_a_video" } });
    expect(await internals.attempts(fileId)).toEqual([once(1, "not_a_video")]);
    expect(await internals.results(fileId)).toEqual([]);
    expect(await internals.stepsBack(fileId)).toEqual([]);
  },
  async outbox_sent() {
    const fileId = await dieAt("outbox_sent", async () => {
      await internals.loseEvents();
      return await upload();
    });
    await expectCompleted(fileId, [once(1, "completed")]);
  },
  delivery_taken: () => dieWhileDelivering("delivery_taken", ["file.cancelled"]),
  delivery_answered: () =>
    dieWhileDelivering("delivery_answered", ["file.cancelled", "file.cancelled"]),
  async cancel_committed() {
    const fileId = await runningFile();
    await dieAt("cancel_committed", () => unanswered("POST", `${fileId}/cancel`));
    expect((await client.status(fileId)).processing_status).toBe("cancelled");
    expect(await internals.attempts(fileId)).toMatchObject([{ attempt: 1, end: "cancelled" }]);
    expect(await internals.results(fileId)).toEqual([]);
    expect(await internals.stepsBack(fileId)).toEqual([]);
  },
  async retry_committed() {
    const fileId = await runningFile();
    await answer("POST", `${fileId}/cancel`);
    const [cancelled] = await internals.attempts(fileId);
    await dieAt("retry_committed", () => unanswered("POST", `${fileId}/retry`));
    await expectCompleted(fileId, [cancelled!, once(2, "completed")], { source: longer });
  },
  async delete_committed() {
    const fileId = await runningFile();
    await dieAt("delete_committed", () => unanswered("DELETE", fileId));
    await expectDeleted(fileId);
  },
  deleted_job_removed: () => dieWhileDeleting("deleted_job_removed"),
  deleted_original_removed: () => dieWhileDeleting("deleted_original_removed"),
  deleted_results_removed: () => dieWhileDeleting("deleted_results_removed"),
  expiry_decided: () => dieWhileExpiring("expiry_decided"),
  expired_objects_removed: () => dieWhileExpiring("expired_objects_removed"),
};

/** The second attempt continues with the chunks that are encoded. */
async function dieInCut(point: CrashPoint): Promise<void> {
  const fileId = await dieAt(point, () => client.upload(longer, { ...quick, workers: 2 }));
  // A cut takes a lease too, and the task to join the third.
  const attempts = [lost(2), once(2, "completed", 3)];
  await expectCompleted(fileId, attempts, { source: longer, lease: 3 });
}

async function dieWhileDeleting(point: CrashPoint): Promise<void> {
  const fileId = await completedFile();
  await dieAt(point, async () => {
    // The process may die before it answers.
    expect([204, undefined]).toContain(await answer("DELETE", fileId).catch(() => undefined));
  });
  await expectDeleted(fileId);
}

/** The original is deleted after success; the result stays. */
async function dieWhileExpiring(point: CrashPoint): Promise<void> {
  const fileId = await dieAt(point, async () => {
    const request = { file_name: basename(clip), settings: quick, delete_original: true };
    const response = await fetch(`${transpod.url}/upload`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request),
    });
    const { file_id, upload_url } = (await response.json()) as UploadResponse;
    await fetch(upload_url!, { method: "PUT", body: await readFile(clip) });
    return file_id;
  });
  await expectCompleted(fileId, [once(1, "completed")]);
  await vi.waitUntil(
    async () => (await internals.originals(fileId, basename(clip))).length === 0,
    waitOptions,
  );
  await vi.waitUntil(async () => (await internals.toClean()) === 0, waitOptions);
  expect((await client.status(fileId)).original_deleted_at).not.toBeNull();
}

/** Dies with the first of a file's two events. Both arrive, and each try of the first has the same id. */
async function dieWhileDelivering(point: CrashPoint, tries: string[]): Promise<void> {
  const receiver = await startReceiver();
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { "Content-Type": "application/json" };
    const init = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${transpod.url}/webhooks${path}`, init);
    return (response.status === 204 ? undefined : await response.json()) as T;
  };
  const { webhook_id } = await ask<WebhookCreated>("POST", "", { url: receiver.url });
  const { file_id } = await client.announce(clip, quick);
  // Whether the client is answered before the server dies is open.
  await dieAt(point, () => answer("POST", `${file_id}/cancel`).catch(() => undefined));
  expect(await answer("DELETE", file_id)).toBe(204);
  await internals.releaseDeliveries();
  const all = async () =>
    (await ask<DeliveryList>("GET", `/${webhook_id}/deliveries`)).deliveries.toReversed();
  await vi.waitUntil(
    async () => (await all()).every(({ status }) => status === "delivered"),
    waitOptions,
  );
  expect(receiver.typesOf(file_id)).toEqual([...tries, "file.deleted"]);
  const [cancelled, deleted] = (await all()).map(({ delivery_id }) => delivery_id);
  expect(receiver.received.map(({ id }) => id)).toEqual([...tries.map(() => cancelled), deleted]);
  await ask("DELETE", `/${webhook_id}`);
  await receiver.stop();
}

/** First: later a message of a killed process may come again, and reach these points in the middle of another file. */
const intakePoints: CrashPoint[] = ["arrivals_committed", "arrivals_written"];

test.each([...new Set([...intakePoints, ...crashPoints])])(
  "killed at %s and started again, it ends as if it had never died",
  { timeout: 120_000 },
  async (point) => await proofs[point](),
);

test(
  "after all these deaths no message waits, and none was given up",
  { timeout: 120_000 },
  async () => {
    // A message that a killed process received is hidden for half a minute.
    await vi.waitUntil(async () => (await internals.messagesIn("transpod")) === 0, waitOptions);
    expect(await internals.messagesIn("transpod-dead")).toBe(0);
  },
);
