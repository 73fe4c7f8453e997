import type { ChunkCompleteRequest } from "@transpod/contract/chunk-protocol.ts";
import type { AttemptRef, ChunkLeaseRef } from "@transpod/contract/job-identity.ts";
import { chunkKey } from "@transpod/contract/object-keys.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { findObject } from "@transpod/runtime/find-object.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { getChunkLease } from "@transpod/store/chunk-leases.ts";
import { completeChunk, isOwnOutput } from "@transpod/store/chunks.ts";
import { countWork } from "../metrics.ts";
import { changeChunk } from "./change-chunk.ts";
import { compareSize } from "./compare-size.ts";
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
  const record = () => changeChunk(deps, ref, (client) => completeChunk(client, ref, key, result));
  const heard = await getChunkLease(deps.pool, ref);
  if (heard !== undefined) await requireUpload(deps, key, size_bytes);
  if (heard === undefined || !(await record())) {
    // Perhaps only the answer was lost.
    if (await isOwnOutput(deps.pool, ref)) return {};
    throw new FencedError(ref);
  }
  crashPoint("chunk_completed");
  countWork(deps.metrics, phase_times);
  deps.log.info({
    event: "chunk_completed",
    file_id: ref.fileId,
    attempt: ref.attempt,
    ...{ chunk, lease, size_bytes, phase_times },
  });
  return {};
}

async function requireUpload(
  { s3, processedBucket }: WorkDeps,
  key: string,
  announced: number,
): Promise<void> {
  const object = await findObject(s3, { bucket: processedBucket, key, version: null });
  if (object === undefined) {
    throw new HttpError(422, "nothing_uploaded", "The output of the chunk is not uploaded.");
  }
  compareSize(object, announced);
}
