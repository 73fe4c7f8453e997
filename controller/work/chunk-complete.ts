import type { ChunkCompleteRequest } from "@transpod/contract/chunk-protocol.ts";
import type { AttemptRef, ChunkLeaseRef } from "@transpod/contract/job-identity.ts";
import { chunkKey } from "@transpod/contract/object-keys.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { findObject } from "@transpod/runtime/find-object.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { getChunkLease, updateCutProgress } from "@transpod/store/chunk-leases.ts";
import { completeChunk, isOwnOutput } from "@transpod/store/chunks.ts";
import { lockAttempt, markHeard } from "@transpod/store/claims.ts";
import { inTransaction } from "@transpod/store/database.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";

/** Records that a chunk is encoded, after comparing the size of the upload. Safe to repeat. */
export async function completeChunkTask(
  deps: WorkDeps,
  attempt: AttemptRef,
  result: ChunkCompleteRequest,
): Promise<Record<string, never>> {
  const { chunk, lease, size_bytes, phase_times } = result;
  const ref: ChunkLeaseRef = { ...attempt, chunk, lease };
  const key = chunkKey(ref.fileId, chunk, ref.attempt, lease);
  const heard = await getChunkLease(deps.pool, ref);
  if (heard !== undefined) await compareSize(deps, key, size_bytes);
  if (heard === undefined || !(await record(deps, ref, key, result))) {
    // Perhaps only the answer was lost.
    if (await isOwnOutput(deps.pool, ref)) return {};
    throw new FencedError(ref);
  }
  crashPoint("chunk_completed");
  deps.log.info({
    event: "chunk_completed",
    file_id: ref.fileId,
    attempt: ref.attempt,
    ...{ chunk, lease, size_bytes, phase_times },
  });
  return {};
}

async function record(
  { pool, settings }: WorkDeps,
  ref: ChunkLeaseRef,
  key: string,
  result: ChunkCompleteRequest,
): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    if (!(await lockAttempt(client, ref))) return false;
    if (!(await completeChunk(client, ref, key, result))) return false;
    await markHeard(client, ref);
    await updateCutProgress(client, ref, settings.silenceSeconds);
    return true;
  });
}

async function compareSize(
  { s3, processedBucket }: WorkDeps,
  key: string,
  announced: number,
): Promise<void> {
  const object = await findObject(s3, { bucket: processedBucket, key, version: null });
  if (object === undefined) {
    throw new HttpError(422, "nothing_uploaded", "The output of the chunk is not uploaded.");
  }
  if (object.size_bytes !== announced) {
    throw new HttpError(
      422,
      "wrong_size",
      `The uploaded output has ${object.size_bytes} bytes, but ${announced} were announced.`,
    );
  }
}
