import { HeadObjectCommand, NotFound } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LeaseRef } from "@transpod/contract/job-identity.ts";
import { processedPrefix } from "@transpod/contract/object-keys.ts";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import { completeUpload } from "@transpod/runtime/complete-upload.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { getFileStatus } from "@transpod/store/files.ts";
import { claim, claimedFile, resultOf } from "@transpod/store/testing.ts";
import { deleteFile } from "@transpod/store/tombstones.ts";
import { getLease } from "@transpod/store/work.ts";
import {
  freshAws,
  freshDatabase,
  type TestAws,
  type TestDatabase,
} from "@transpod/test/harness.ts";
import { createMetrics } from "../metrics.ts";
import { defaultSettings } from "../testing.ts";
import { complete } from "./complete.ts";
import type { WorkDeps } from "./deps.ts";
import { signParts } from "./parts.ts";

let db: TestDatabase;
let aws: TestAws;
let deps: WorkDeps;
let registry: ReturnType<typeof createRegistry>;
beforeAll(async () => {
  [db, aws] = await Promise.all([freshDatabase(), freshAws()]);
  // No Job is created: the test is the worker.
  const jobs = new ChildProcessJobs({
    ...{ workUrl: "http://127.0.0.1:1", scratchDir: "unused", cpusPerJob: 1 },
    ...{ logLevel: "silent", onLine: () => {} },
  });
  registry = createRegistry();
  deps = {
    ...aws,
    ...{ pool: db.pool, jobs, authenticator: jobs, settings: defaultSettings },
    metrics: createMetrics(registry, db.pool),
    log: createLogger({ service: "test", level: "silent" }),
  };
});
afterAll(() => db.drop());

const bytes = Buffer.from("transcoded");

/** A lease whose output is uploaded but not joined, and its worker's request to join it. */
async function uploadedOutput() {
  const ref = await claimedFile(db.pool);
  const { parts } = await signParts(deps, ref, { lease: ref.lease, part_numbers: [1] });
  const put = await fetch(parts[0]!.url, { method: "PUT", body: bytes });
  const part = { part_number: 1, etag: put.headers.get("etag") ?? "" };
  return { ref, result: { ...resultOf(ref), parts: [part], size_bytes: bytes.length } };
}

const clean = ({ fileId }: LeaseRef) =>
  deleteObjects(aws.s3, { bucket: aws.processedBucket, key: processedPrefix(fileId) });

test("a worker that completes says so twice and is answered alike", async () => {
  const { ref, result } = await uploadedOutput();
  expect(await complete(deps, ref, result)).toEqual({});
  expect(await complete(deps, ref, result)).toEqual({});
  expect(await getFileStatus(db.pool, ref.fileId)).toMatchObject({
    state: "completed",
    processed_key: `${ref.fileId}/1-1.mp4`,
  });
});

test("a completion is counted once, with its work, its video and its bytes", async () => {
  const read = async () => {
    const text = await registry.metrics();
    const valueOf = (series: string) => Number(text.split(`\n${series} `)[1]?.split("\n")[0]);
    return {
      completed: valueOf('transpod_attempts_finished_total{reason="completed"}'),
      encode: valueOf('transpod_phase_seconds_sum{phase="encode"}'),
      video: valueOf("transpod_media_seconds_total"),
      original: valueOf("transpod_original_bytes_total"),
      processed: valueOf("transpod_processed_bytes_total"),
    };
  };
  const before = await read();
  const { ref, result } = await uploadedOutput();
  await complete(deps, ref, result);
  await complete(deps, ref, result);
  const { duration_seconds, size_bytes } = result.original;
  expect(await read()).toEqual({
    completed: before.completed + 1,
    encode: before.encode + result.phase_times.encode! / 1000,
    video: before.video + duration_seconds,
    original: before.original + size_bytes,
    processed: before.processed + bytes.length,
  });
});

test("a worker that completes a cancelled or deleted file is fenced, and publishes nothing", async () => {
  const cancelled = await uploadedOutput();
  await cancelFile(db.pool, cancelled.ref.fileId);
  const deleted = await uploadedOutput();
  await deleteFile(db.pool, deleted.ref.fileId);
  for (const { ref, result } of [cancelled, deleted]) {
    await expect(complete(deps, ref, result)).rejects.toMatchObject({ code: "fenced" });
  }
});

test("an upload that was aborted while its worker asked to have it joined fences the worker", async () => {
  const { ref, result } = await uploadedOutput();
  await clean(ref);
  await expect(complete(deps, ref, result)).rejects.toMatchObject({ code: "fenced" });
});

test("an output that was joined too late to be published is deleted", async () => {
  const { ref, result } = await uploadedOutput();
  aws.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (request) => {
        const answer = await next(request);
        if (commandName === "CompleteMultipartUploadCommand") await cancelFile(db.pool, ref.fileId);
        return answer;
      },
    { name: "cancel" },
  );
  await expect(complete(deps, ref, result)).rejects.toMatchObject({ code: "fenced" });
  aws.s3.middlewareStack.remove("cancel");
  const target = { Bucket: aws.processedBucket, Key: `${ref.fileId}/1-1.mp4` };
  await expect(aws.s3.send(new HeadObjectCommand(target))).rejects.toBeInstanceOf(NotFound);
});

test("an output that was joined but not published is deleted when a later lease uploads its own", async () => {
  const { ref, result } = await uploadedOutput();
  // The last step of a controller that died.
  const { upload_id, upload_key } = (await getLease(db.pool, ref))!;
  const upload = { Bucket: aws.processedBucket, Key: upload_key!, UploadId: upload_id! };
  await completeUpload(aws.s3, upload, result.parts);
  const { lease } = await claim(db.pool, ref);
  await signParts(deps, ref, { lease, part_numbers: [1] });
  const target = { Bucket: aws.processedBucket, Key: upload_key! };
  await expect(aws.s3.send(new HeadObjectCommand(target))).rejects.toBeInstanceOf(NotFound);
  await expect(complete(deps, ref, result)).rejects.toMatchObject({ code: "fenced" });
});

test("completions that race the cleaning after a delete leave no object", async () => {
  for (let round = 0; round < 10; round += 1) {
    const { ref, result } = await uploadedOutput();
    const completing = complete(deps, ref, result).catch(() => {});
    await deleteFile(db.pool, ref.fileId);
    await clean(ref);
    await completing;
    const target = { Bucket: aws.processedBucket, Key: `${ref.fileId}/1-1.mp4` };
    await expect(aws.s3.send(new HeadObjectCommand(target))).rejects.toBeInstanceOf(NotFound);
  }
});
