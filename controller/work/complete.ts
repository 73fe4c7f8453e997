import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import type { CompleteRequest } from "@transpod/contract/work-protocol.ts";
import { completeUpload } from "@transpod/runtime/complete-upload.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import { findObject } from "@transpod/runtime/find-object.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { completeFile, getLease, type LeaseRow } from "@transpod/store/work.ts";
import { countResult, countWork } from "../metrics.ts";
import { completionEvent, recordOnJob } from "../observe/job-event.ts";
import { traceAttempt } from "../tracing/trace-attempt.ts";
import { compareSize } from "./compare-size.ts";
import type { WorkDeps } from "./deps.ts";
import { repeatAnswer } from "./repeat-answer.ts";
import { FencedError } from "./fenced.ts";

/**
 * Publishes an attempt's output: joins the parts, compares the size, then points the row to it.
 * Safe to repeat at every step, since the worker repeats the request when the answer was lost.
 */
export async function complete(
  deps: WorkDeps,
  ref: AttemptRef,
  result: CompleteRequest,
): Promise<Record<string, never>> {
  const began = performance.now();
  const lease = { ...ref, lease: result.lease };
  const row = await getLease(deps.pool, lease);
  if (row === undefined) return await repeatAnswer(deps, lease, "completed");
  const key = await joinParts(deps, lease, row, result);
  crashPoint("parts_joined");
  if (!(await completeFile(deps.pool, lease, key, result))) {
    return await handleLateCompletion(deps, lease, key);
  }
  crashPoint("completion_committed");
  countResult(deps.metrics, result);
  countWork(deps.metrics, result.phase_times);
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
  traceAttempt(deps, ref);
  return {};
}

/** The lease is over, so nothing will ever point to the joined object: it is deleted. */
async function handleLateCompletion(
  deps: WorkDeps,
  lease: LeaseRef,
  key: string,
): Promise<Record<string, never>> {
  try {
    return await repeatAnswer(deps, lease, "completed");
  } catch (error) {
    if (error instanceof FencedError) {
      await deleteObjects(deps.s3, { bucket: deps.processedBucket, key });
    }
    throw error;
  }
}

async function joinParts(
  { s3, processedBucket }: WorkDeps,
  ref: AttemptRef,
  { upload_id, upload_key }: LeaseRow,
  { parts, size_bytes }: CompleteRequest,
): Promise<string> {
  if (upload_id === null || upload_key === null) {
    throw new HttpError(422, "nothing_uploaded", "This lease has asked for no part URLs yet.");
  }
  // It may have been joined before, by a request whose answer or whose row was lost. The size is
  // checked in any case.
  const target = { Bucket: processedBucket, Key: upload_key, UploadId: upload_id };
  await completeUpload(s3, target, parts);
  const joined = await findObject(s3, { bucket: processedBucket, key: upload_key, version: null });
  // There is neither the upload nor the object: the file was deleted in the meantime.
  if (joined === undefined) throw new FencedError(ref);
  compareSize(joined, size_bytes);
  return upload_key;
}
