import { maxPutBytes } from "@transpod/contract/part-layout.ts";
import type { UploadResponse } from "@transpod/contract/public-api.ts";
import type { UploadRow } from "@transpod/store/uploads.ts";
import type { ApiDeps } from "../deps.ts";
import { signUrl, type SignedUrl } from "../presign.ts";

export interface SignedUpload extends SignedUrl {
  /** The headers that the PUT must send, exactly. */
  headers: Record<string, string>;
}

type Announced = Pick<UploadRow, "s3_key" | "declared_size_bytes" | "declared_content_type">;

/**
 * A URL to PUT the file to. When nothing was declared it works without headers (`curl -T`). A declared
 * size or type is signed, so that S3 refuses any other, and also a second PUT (`If-None-Match`).
 * Undefined for a file that is too large for one PUT.
 */
export async function signUpload(
  { publicS3, buckets, settings }: ApiDeps,
  { s3_key, declared_size_bytes: size, declared_content_type: type }: Announced,
): Promise<SignedUpload | undefined> {
  if (size !== null && size > maxPutBytes) return undefined;
  const headers = {
    ...(size === null ? {} : { "Content-Length": String(size) }),
    ...(type === null ? {} : { "Content-Type": type }),
    ...(size === null && type === null ? {} : { "If-None-Match": "*" }),
  };
  const request = { operation: "PutObject", bucket: buckets.raw, key: s3_key, headers } as const;
  return { ...(await signUrl(publicS3, request, settings.uploadUrlTtlSeconds)), headers };
}

/** Without a URL the file must be uploaded in parts. */
export function toUploadResponse(
  { file_id, s3_key, upload_until }: Pick<UploadRow, "file_id" | "s3_key" | "upload_until">,
  signed: SignedUpload | undefined,
): UploadResponse {
  return {
    file_id,
    upload_url: signed?.url ?? null,
    s3_key,
    upload_headers: signed?.headers ?? {},
    expires_at: (signed?.expiresAt ?? upload_until).toISOString(),
    upload_until: upload_until.toISOString(),
  };
}
