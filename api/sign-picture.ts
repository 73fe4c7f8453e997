import type { ApiDeps } from "./deps.ts";
import { signUrl, type SignedUrl } from "./presign.ts";

/** A URL that shows a JPEG of the processed bucket; what is at its key never changes. */
export async function signPicture(
  { publicS3, settings, buckets }: ApiDeps,
  key: string,
): Promise<SignedUrl> {
  const request = {
    operation: "GetObject",
    ...{ bucket: buckets.processed, key },
    query: {
      "response-content-type": "image/jpeg",
      "response-cache-control": "private, max-age=86400, immutable",
    },
  } as const;
  return await signUrl(publicS3, request, settings.downloadUrlTtlSeconds);
}
