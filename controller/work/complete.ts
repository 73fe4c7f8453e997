import {
  CompleteMultipartUploadCommand,
  HeadObjectCommand,
  NoSuchUpload,
  NotFound,
  S3ServiceException,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import type { CompleteRequest } from "@transpod/contract/work-protocol.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { completeFile, getLease, type LeaseRow } from "@transpod/store/work.ts";
import { completionEvent, recordOnJob } from "../observe/job-event.ts";
import type { WorkDeps } from "./deps.ts";
import { answerAgain } from "./answer-again.ts";
import { FencedError } from "./fenced.ts";

/**
 * Publishes an attempt's output: joins the parts, compares the size, then points the row to it.
 * Safe to repeat at every step, since the worker says it again when the answer was lost.
 */
export async function complete(
  deps: WorkDeps,
  ref: AttemptRef,
  result: CompleteRequest,
): Promise<Record<string, never>> {
  const began = performance.now();
  const lease = { ...ref, lease: result.lease };
  const row = await getLease(deps.pool, lease);
  if (row === undefined) return await answerAgain(deps, lease, "completed");
  const key = await joinParts(deps, lease, row, result);
  crashPoint("parts_joined");
  if (!(await completeFile(deps.pool, lease, key, result))) {
    return await comeTooLate(deps, lease, key);
  }
  crashPoint("completion_committed");
  deps.metrics.finished.inc({ reason: "completed" });
  deps.metrics.encode.observe((result.phase_times.encode ?? 0) / 1000);
  deps.metrics.endToRow.observe((performance.now() - began) / 1000);
  deps.log.info({
    event: "file_completed",
    file_id: ref.fileId,
    attempt: ref.attempt,
    lease: result.lease,
    size_bytes: result.size_bytes,
    phase_times: result.phase_times,
  });
  recordOnJob(deps, ref, completionEvent(result));
  return {};
}

/** What was joined for a lease that is over nobody will ever point to. */
async function comeTooLate(
  deps: WorkDeps,
  lease: LeaseRef,
  key: string,
): Promise<Record<string, never>> {
  try {
    return await answerAgain(deps, lease, "completed");
  } catch (error) {
    if (error instanceof FencedError) {
      await deleteObjects(deps.s3, { bucket: deps.processedBucket, key });
    }
    throw error;
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
const refusedParts = new Set(["InvalidPart", "InvalidPartOrder", "EntityTooSmall"]);

async function joinParts(
  { s3, processedBucket }: WorkDeps,
  ref: AttemptRef,
  { upload_id, upload_key }: LeaseRow,
  { parts, size_bytes }: CompleteRequest,
): Promise<string> {
  if (upload_id === null || upload_key === null) {
    throw new HttpError(422, "nothing_uploaded", "This lease has asked for no part URLs yet.");
  }
  const target = { Bucket: processedBucket, Key: upload_key };
  try {
    await s3.send(
      new CompleteMultipartUploadCommand({
        ...target,
        UploadId: upload_id,
        MultipartUpload: {
          Parts: parts
            .toSorted((a, b) => a.part_number - b.part_number)
            .map((part) => ({ PartNumber: part.part_number, ETag: part.etag })),
        },
      }),
    );
  } catch (error) {
    if (error instanceof S3ServiceException && refusedParts.has(error.name)) {
      throw new HttpError(422, "parts_refused", `S3 refused the parts: ${error.message}`);
    }
    // Joined before, by a request whose answer or whose row was lost. The size says whether.
    if (!(error instanceof NoSuchUpload)) throw error;
  }
  const joined = await sizeOf(s3, target);
  // Neither the upload nor the object: the file was deleted meanwhile, and they with it.
  if (joined === undefined) throw new FencedError(ref);
  if (joined !== size_bytes) {
    throw new HttpError(
      422,
      "wrong_size",
      `The uploaded output has ${joined} bytes where ${size_bytes} were announced.`,
    );
  }
  return upload_key;
}

/** Undefined when there is no such object. */
async function sizeOf(
  s3: S3Client,
  target: { Bucket: string; Key: string },
): Promise<number | undefined> {
  try {
    return (await s3.send(new HeadObjectCommand(target))).ContentLength ?? 0;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
