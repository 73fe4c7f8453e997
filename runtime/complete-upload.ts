import {
  CompleteMultipartUploadCommand,
  NoSuchUpload,
  S3ServiceException,
  type CompleteMultipartUploadCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { HttpError } from "./problems.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
const refusedParts = new Set(["InvalidPart", "InvalidPartOrder", "EntityTooSmall"]);

/** How S3 names a multipart upload. */
export interface UploadTarget {
  Bucket: string;
  Key: string;
  UploadId: string | undefined;
}

/** A part with its ETag as S3 sent it. */
export interface StoredPart {
  part_number: number;
  etag: string;
}

/**
 * Joins the parts of an upload into an object, in the order of their numbers. Undefined when S3 no
 * longer has the upload: it was aborted, or joined before by a request whose answer was lost. Throws an
 * HttpError 422.
 */
export async function completeUpload(
  s3: S3Client,
  target: UploadTarget,
  parts: readonly StoredPart[],
): Promise<CompleteMultipartUploadCommandOutput | undefined> {
  const Parts = parts
    .toSorted((a, b) => a.part_number - b.part_number)
    .map((part) => ({ PartNumber: part.part_number, ETag: part.etag }));
  try {
    return await s3.send(
      new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }),
    );
  } catch (error) {
    if (error instanceof NoSuchUpload) return undefined;
    if (error instanceof S3ServiceException && refusedParts.has(error.name)) {
      throw new HttpError(422, "parts_refused", `S3 refused the parts: ${error.message}`);
    }
    throw error;
  }
}
