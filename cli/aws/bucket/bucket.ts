import {
  CreateBucketCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  S3ServiceException,
  type BucketLocationConstraint,
  type S3Client,
} from "@aws-sdk/client-s3";
import { TranspodError } from "@transpod/contract/errors.ts";

/**
 * Whether the bucket exists, is ours and is in the client's region. Throws a TranspodError when it
 * belongs to another account or is in another region: bucket names are shared by all accounts of AWS.
 */
export async function bucketExists(
  s3: S3Client,
  bucket: string,
  account: string | undefined,
): Promise<boolean> {
  // Not HeadBucket: the answer to a HEAD has no body, so its error has no message.
  const asked = new ListObjectsV2Command({
    Bucket: bucket,
    MaxKeys: 1,
    // Somebody may own a bucket of this name and give us access, to read what we store there.
    ...(account === undefined ? {} : { ExpectedBucketOwner: account }),
  });
  try {
    await s3.send(asked);
    return true;
  } catch (error) {
    if (error instanceof NoSuchBucket) return false;
    if (!(error instanceof S3ServiceException)) throw error;
    if (error.name === "AccessDenied") throw taken(bucket, error);
    const found = error.$response?.headers["x-amz-bucket-region"];
    const region = await s3.config.region();
    if (found !== undefined && found !== region) throw elsewhere(bucket, found, region, error);
    throw error;
  }
}

export async function createBucket(s3: S3Client, bucket: string): Promise<void> {
  const region = await s3.config.region();
  // us-east-1 is the only region that must not be named.
  const location = region !== "us-east-1" && {
    CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
  };
  try {
    await s3.send(new CreateBucketCommand({ Bucket: bucket, ...location }));
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    if (error.name === "BucketAlreadyExists") throw taken(bucket, error);
    // Another run was faster.
    if (error.name !== "BucketAlreadyOwnedByYou") throw error;
  }
}

function taken(bucket: string, cause: unknown): TranspodError {
  return new TranspodError(
    "bucket_taken",
    `The bucket ${bucket} belongs to another AWS account, or these credentials may not see it ` +
      "(s3:ListBucket). Bucket names are shared by all accounts: choose another suffix.",
    { cause },
  );
}

function elsewhere(bucket: string, found: string, region: string, cause: unknown): TranspodError {
  return new TranspodError(
    "wrong_region",
    `The bucket ${bucket} is in ${found}, not in ${region}. ` +
      `Use --region ${found}, or choose another suffix.`,
    { cause },
  );
}
