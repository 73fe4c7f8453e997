import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  NoSuchUpload,
  type S3Client,
} from "@aws-sdk/client-s3";
import { TranspodError } from "@transpod/contract/errors.ts";

/** One key, or when it ends in a slash all that begin with it: another's key may begin with ours. */
export interface Place {
  bucket: string;
  /** Unless told: the whole bucket. */
  key?: string;
}

/**
 * Deletes every version of every object there, and aborts every upload. Uploads come first: one that is
 * completed before is an object then, one that is completed after can't be. Says after each page of a
 * thousand how many there were until then; resolves with their number. To be called again when it throws.
 */
export async function deleteObjects(
  s3: S3Client,
  place: Place,
  onDeleted: (total: number) => void = () => {},
): Promise<number> {
  await abortUploads(s3, place);
  let total = 0;
  // The first page again each time: what was on it is gone.
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

/** Aborts every multipart upload there; what is there already stays. */
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

/** Resolves also when there is no such upload (any more). */
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
  // In the order of keys: ours are on the first page, before those that only begin with it.
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
