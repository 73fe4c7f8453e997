import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { TranspodError } from "@transpod/contract/errors.ts";

/**
 * Deletes every version of every object, every delete marker, and every upload that is not complete.
 * Says after each page of a thousand how many there were until then. Resolves with their number.
 */
export async function emptyBucket(
  s3: S3Client,
  bucket: string,
  onDeleted: (total: number) => void,
): Promise<number> {
  await abortUploads(s3, bucket);
  let total = 0;
  // The first page again each time: what was on it is gone.
  for (;;) {
    const deleted = await deletePage(s3, bucket);
    if (deleted === 0) return total;
    total += deleted;
    onDeleted(total);
  }
}

async function deletePage(s3: S3Client, bucket: string): Promise<number> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: bucket }),
  );
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  if (Objects.length === 0) return 0;
  const { Errors: [refused] = [] } = await s3.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
  );
  if (refused !== undefined) {
    throw new TranspodError(
      "not_emptied",
      `S3 refused to delete ${refused.Key} in ${bucket}: ${refused.Message ?? refused.Code}. ` +
        "Deleting needs s3:DeleteObjectVersion, and no lock on the object.",
    );
  }
  return Objects.length;
}

async function abortUploads(s3: S3Client, bucket: string): Promise<void> {
  for (;;) {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    if (Uploads.length === 0) return;
    for (const { Key, UploadId } of Uploads) {
      await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    }
  }
}
