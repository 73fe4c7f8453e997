import { failures } from "@transpod/contract/failures.ts";
import type { ChunkLeaseRef } from "@transpod/contract/job-identity.ts";
import type { FailRequest } from "@transpod/contract/work-protocol.ts";
import {
  countChunkFailures,
  failChunkLease,
  getChunkFailure,
} from "@transpod/store/chunk-leases.ts";
import { lockAttempt } from "@transpod/store/claims.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { countWork } from "../metrics.ts";
import type { WorkDeps } from "./deps.ts";
import { endCutAttempt } from "./end-cut-attempt.ts";
import { FencedError } from "./fenced.ts";

/**
 * Ends the lease of a chunk, which is then given to the next worker that asks. The attempt ends too when the
 * file is at fault, or the chunk has failed too often. Safe to repeat.
 */
export async function failChunk(
  deps: WorkDeps,
  ref: ChunkLeaseRef,
  { code, detail, original, phase_times, worker_log }: FailRequest,
): Promise<Record<string, never>> {
  const { verdict } = failures[code];
  const ended = await inTransaction(deps.pool, async (client) => {
    const counted = verdict !== "uncounted";
    return (
      (await lockAttempt(client, ref)) && (await failChunkLease(client, ref, { code, counted }))
    );
  });
  if (!ended && (await getChunkFailure(deps.pool, ref)) !== code) throw new FencedError(ref);
  if (ended) countWork(deps.metrics, phase_times);
  deps.log.info({
    event: "chunk_failed",
    file_id: ref.fileId,
    attempt: ref.attempt,
    ...{ chunk: ref.chunk, lease: ref.lease, code, detail },
  });
  const isLast =
    verdict === "counted" &&
    (await countChunkFailures(deps.pool, ref)) >= deps.settings.maxAttempts;
  if (verdict === "final" || isLast) {
    await endCutAttempt(deps, ref, { code, detail, original, phase_times, worker_log });
  }
  return {};
}
