import type { Task } from "@transpod/contract/chunk-protocol.ts";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { transcodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { ClaimRequest } from "@transpod/contract/work-protocol.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { claimAttempt } from "@transpod/store/work.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";
import { signSource } from "./source.ts";

/** Gives the attempt to this worker and fences every earlier one. */
export async function claim(
  deps: WorkDeps,
  ref: AttemptRef,
  { worker }: ClaimRequest,
): Promise<Task> {
  const row = await claimAttempt(deps.pool, ref, worker);
  if (row === undefined) throw new FencedError(ref);
  crashPoint("attempt_claimed");
  if (row.wait_seconds !== null) deps.metrics.jobToClaim.observe(row.wait_seconds);
  const url = await signSource(deps, row);
  deps.log.info({
    event: "attempt_claimed",
    file_id: ref.fileId,
    attempt: ref.attempt,
    lease: row.lease,
    worker,
  });
  return {
    task: "whole",
    max_workers: 1,
    chunk_seconds: deps.settings.chunkSeconds,
    file_id: ref.fileId,
    attempt: ref.attempt,
    lease: row.lease,
    file_name: row.file_name,
    source: { url, size_bytes: row.source_size_bytes, etag: row.source_etag },
    settings: transcodeSettings.parse(row.settings),
    limits: deps.settings.limits,
    heartbeat_seconds: deps.settings.heartbeatSeconds,
  };
}
