import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { versionParameter } from "@transpod/runtime/aws.ts";
import type { WorkDeps } from "./deps.ts";

type SignDeps = Pick<WorkDeps, "s3" | "rawBucket" | "processedBucket" | "settings">;

/** A URL of exactly the accepted version. */
export async function signSource(
  { s3, rawBucket, settings }: SignDeps,
  { s3_key, source_version }: { s3_key: string; source_version: string },
): Promise<string> {
  const source = { Bucket: rawBucket, Key: s3_key, ...versionParameter(source_version) };
  return await getSignedUrl(s3, new GetObjectCommand(source), {
    expiresIn: settings.workUrlSeconds,
  });
}

/** A URL to read the output of a chunk. */
export async function signOutput(
  { s3, processedBucket, settings }: SignDeps,
  key: string,
): Promise<string> {
  return await getSignedUrl(s3, new GetObjectCommand({ Bucket: processedBucket, Key: key }), {
    expiresIn: settings.workUrlSeconds,
  });
}

/** A URL to write the output of a chunk. */
export async function signOutputUpload(
  { s3, processedBucket, settings }: SignDeps,
  key: string,
): Promise<string> {
  return await getSignedUrl(s3, new PutObjectCommand({ Bucket: processedBucket, Key: key }), {
    expiresIn: settings.workUrlSeconds,
  });
}
