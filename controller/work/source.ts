import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { SourceRequest, SourceResponse } from "@transpod/contract/work-protocol.ts";
import type { WorkDeps } from "./deps.ts";
import { requireChunkLease, requireLease } from "./require-lease.ts";
import { signSource } from "./sign.ts";

/** Signs the source again for a worker whose URL expired before the download was complete. */
export async function renewSource(
  deps: WorkDeps,
  ref: AttemptRef,
  { lease, chunk }: SourceRequest,
): Promise<SourceResponse> {
  const row =
    chunk === undefined
      ? await requireLease(deps, { ...ref, lease })
      : await requireChunkLease(deps, { ...ref, lease, chunk });
  return { url: await signSource(deps, row) };
}
