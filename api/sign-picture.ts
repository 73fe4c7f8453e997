import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { ApiDeps } from "./deps.ts";
import { signUrl, type SignedUrl } from "./presign.ts";

/** A URL that shows a JPEG of the processed bucket; what is at its key never changes. */
export async function signPicture(
  { publicS3, settings, buckets }: ApiDeps,
  key: string,
): Promise<SignedUrl> {
  const command = new GetObjectCommand({
    Bucket: buckets.processed,
    Key: key,
    ResponseContentType: "image/jpeg",
    ResponseCacheControl: "private, max-age=86400, immutable",
  });
  return await signUrl(publicS3, command, settings.downloadUrlTtlSeconds);
}
