import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { SourceRequest, SourceResponse } from "@transpod/contract/work-protocol.ts";
import { versionParameter } from "@transpod/runtime/aws.ts";
import type { LeaseRow } from "@transpod/store/work.ts";
import type { WorkDeps } from "./deps.ts";
import { requireLease } from "./require-lease.ts";

/** Signs the source again for a worker whose URL expired before the download was complete. */
export async function renewSource(
  deps: WorkDeps,
  ref: AttemptRef,
  { lease }: SourceRequest,
): Promise<SourceResponse> {
  return { url: await signSource(deps, await requireLease(deps, { ...ref, lease })) };
}

/** A URL of exactly the accepted version. */
export async function signSource(
  { s3, rawBucket, settings }: WorkDeps,
  { s3_key, source_version }: Pick<LeaseRow, "s3_key" | "source_version">,
): Promise<string> {
  const source = new GetObjectCommand({
    Bucket: rawBucket,
    Key: s3_key,
    ...versionParameter(source_version),
  });
  return await getSignedUrl(s3, source, { expiresIn: settings.workUrlSeconds });
}
