import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { posterKey, stillKey } from "@transpod/contract/object-keys.ts";
import type { StillsRequest, StillsResponse } from "@transpod/contract/work-protocol.ts";
import { beginStills } from "@transpod/store/stills.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";
import { signOutputUpload } from "./sign.ts";

/** Signs the uploads of stills and a poster, to keys of the lease's own. */
export async function signStills(
  deps: WorkDeps,
  attempt: AttemptRef,
  { lease, pairs }: StillsRequest,
): Promise<StillsResponse> {
  const ref = { ...attempt, lease };
  if (!(await beginStills(deps.pool, ref))) throw new FencedError(ref);
  const sign = (key: string) => signOutputUpload(deps, key);
  return {
    poster: await sign(posterKey(ref)),
    pairs: await Promise.all(
      Array.from({ length: pairs }, async (_, pair) => ({
        original: await sign(stillKey(ref, pair, "original")),
        processed: await sign(stillKey(ref, pair, "processed")),
      })),
    ),
  };
}
