import type { CutRequest } from "@transpod/contract/chunk-protocol.ts";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { storeCut } from "@transpod/store/cuts.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";

/** Stores how the video is cut; from then on its workers claim chunks. Safe to repeat. */
export async function cut(
  deps: WorkDeps,
  ref: AttemptRef,
  request: CutRequest,
): Promise<Record<string, never>> {
  if (!(await storeCut(deps.pool, { ...ref, lease: request.lease }, request))) {
    throw new FencedError(ref);
  }
  crashPoint("cut_stored");
  deps.log.info({
    event: "video_cut",
    file_id: ref.fileId,
    attempt: ref.attempt,
    chunks: request.chunk_frames.length,
  });
  return {};
}
