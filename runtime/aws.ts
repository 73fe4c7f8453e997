import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

export interface AwsOptions {
  region: string;
  /** Of an emulator; undefined on AWS. */
  endpoint?: string | undefined;
}

/**
 * Checksums only where S3 requires them: by default the SDK signs an `x-amz-checksum-crc32` of an
 * empty body into presigned URLs, which several implementations of S3 then refuse.
 * https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/MD5_FALLBACK.md
 */
export function createS3({ region, endpoint }: AwsOptions): S3Client {
  return new S3Client({
    region,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
}

export function createSqs({ region, endpoint }: AwsOptions): SQSClient {
  return new SQSClient({ region, ...(endpoint === undefined ? {} : { endpoint }) });
}

/** Names an object's version in a request; a bucket without versions has none to name. */
export function versionParameter(version: string | null): { VersionId?: string } {
  return version === null || version === "" ? {} : { VersionId: version };
}
