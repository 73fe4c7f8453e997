import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { UploadRequest } from "@transpod/contract/public-api.ts";
import type { ApiDeps } from "./deps.ts";
import { signUrl, type SignedUrl } from "./presign.ts";

export interface SignedUpload extends SignedUrl {
  /** What the PUT must carry, exactly. */
  headers: Record<string, string>;
}

/**
 * A URL to PUT the file to. When nothing was declared it works without headers (`curl -T`). What was
 * declared is signed, so that S3 refuses anything else, and then also a second PUT: `If-None-Match`.
 */
export async function signUpload(
  { publicS3, buckets, settings }: ApiDeps,
  s3Key: string,
  { size_bytes, content_type }: Pick<UploadRequest, "size_bytes" | "content_type">,
): Promise<SignedUpload> {
  const declared = size_bytes !== undefined || content_type !== undefined;
  const command = new PutObjectCommand({
    Bucket: buckets.raw,
    Key: s3Key,
    ...(size_bytes === undefined ? {} : { ContentLength: size_bytes }),
    ...(content_type === undefined ? {} : { ContentType: content_type }),
    ...(declared ? { IfNoneMatch: "*" } : {}),
  });
  const headers = {
    ...(size_bytes === undefined ? {} : { "Content-Length": String(size_bytes) }),
    ...(content_type === undefined ? {} : { "Content-Type": content_type }),
    ...(declared ? { "If-None-Match": "*" } : {}),
  };
  return { ...(await signUrl(publicS3, command, settings.uploadUrlTtlSeconds)), headers };
}
