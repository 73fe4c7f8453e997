import { HeadObjectCommand, NotFound, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectCreated } from "@transpod/contract/s3-event.ts";
import { versionParameter } from "./aws.ts";

export interface ObjectPlace {
  bucket: string;
  key: string;
  /** null: the newest. */
  version: string | null;
}

/** The object in the form of an event; undefined when it does not exist. */
export async function findObject(
  s3: S3Client,
  { bucket, key, version }: ObjectPlace,
): Promise<ObjectCreated | undefined> {
  try {
    const head = await s3.send(
      new HeadObjectCommand({ Bucket: bucket, Key: key, ...versionParameter(version) }),
    );
    return {
      bucket,
      key,
      version_id: head.VersionId ?? "",
      etag: (head.ETag ?? "").replaceAll('"', ""),
      size_bytes: head.ContentLength ?? 0,
      event_time: head.LastModified?.toISOString() ?? null,
    };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
