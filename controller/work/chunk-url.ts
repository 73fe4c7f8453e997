import type { ChunkUrlRequest, ChunkUrlResponse } from "@transpod/contract/chunk-protocol.ts";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { chunkKey } from "@transpod/contract/object-keys.ts";
import type { WorkDeps } from "./deps.ts";
import { requireChunkLease } from "./require-lease.ts";
import { signOutputUpload } from "./sign.ts";

/** Signs the upload of a chunk's output, to a key of the lease's own. */
export async function signChunk(
  deps: WorkDeps,
  ref: AttemptRef,
  { chunk, lease }: ChunkUrlRequest,
): Promise<ChunkUrlResponse> {
  await requireChunkLease(deps, { ...ref, chunk, lease });
  const key = chunkKey(ref.fileId, chunk, ref.attempt, lease);
  return { url: await signOutputUpload(deps, key) };
}
