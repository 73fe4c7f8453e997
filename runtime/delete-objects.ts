import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  NoSuchUpload,
  type S3Client,
} from "@aws-sdk/client-s3";
import { TranspodError } from "@transpod/contract/errors.ts";

/**
 * One key or, when it ends in a slash, all keys with this prefix. Without a slash, other keys with this
 * prefix are not meant.
 */
export interface Place {
  bucket: string;
  /** By default the whole bucket. */
  key?: string;
}

/**
 * Deletes every version of every object there, and aborts every upload. Uploads are aborted first: one
 * that was completed earlier is an object by then, and later none can be completed. Calls `onDeleted`
 * with the total after each page of a thousand; resolves with the total. Call it again when it throws.
 */
export async function deleteObjects(
  s3: S3Client,
  place: Place,
  onDeleted: (total: number) => void = () => {},
): Promise<number> {
  await abortUploads(s3, place);
  let total = 0;
  // Always the first page: the previous one is deleted.
  for (;;) {
    const deleted = await deletePage(s3, place);
    if (deleted === 0) return total;
    total += deleted;
    onDeleted(total);
  }
}

function isThere({ key }: Place, found: { Key?: string | undefined }): boolean {
  if (key === undefined || found.Key === key) return true;
  return key.endsWith("/") && found.Key?.startsWith(key) === true;
}

/** Aborts every multipart upload there; objects stay. */
export async function abortUploads(s3: S3Client, place: Place): Promise<void> {
  for (;;) {
    const { Uploads = [] } = await s3.send(
      new ListMultipartUploadsCommand({ Bucket: place.bucket, Prefix: place.key }),
    );
    const ours = Uploads.filter((upload) => isThere(place, upload));
    if (ours.length === 0) return;
    for (const { Key, UploadId } of ours) {
      await abortUpload(s3, { Bucket: place.bucket, Key, UploadId });
    }
  }
}

/** Resolves also when the upload no longer exists. */
export async function abortUpload(
  s3: S3Client,
  upload: { Bucket: string; Key: string | undefined; UploadId: string | undefined },
): Promise<void> {
  try {
    await s3.send(new AbortMultipartUploadCommand(upload));
  } catch (error) {
    if (!(error instanceof NoSuchUpload)) throw error;
  }
}

async function deletePage(s3: S3Client, place: Place): Promise<number> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: place.bucket, Prefix: place.key }),
  );
  // S3 lists in the order of keys: our key comes on the first page, before longer keys with the same prefix.
  const Objects = [...Versions, ...DeleteMarkers]
    .filter((object) => isThere(place, object))
    .map(({ Key, VersionId }) => ({ Key, VersionId }));
  if (Objects.length === 0) return 0;
  const { Errors: [refused] = [] } = await s3.send(
    new DeleteObjectsCommand({ Bucket: place.bucket, Delete: { Objects, Quiet: true } }),
  );
  if (refused !== undefined) {
    throw new TranspodError(
      "object_not_deleted",
      `S3 refused to delete ${refused.Key} in ${place.bucket}: ${refused.Message ?? refused.Code}. ` +
        "Deleting needs s3:DeleteObject, s3:DeleteObjectVersion, and no lock on the object.",
    );
  }
  return Objects.length;
}
