import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

export interface AwsOptions {
  region: string;
  /** Of an emulator; undefined on AWS. */
  endpoint?: string | undefined;
  /** Of an emulator; when undefined the SDK finds them: environment, IRSA, Pod Identity. */
  credentials?: AwsCredentials | undefined;
}

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * Checksums only where S3 requires them: by default the SDK signs an `x-amz-checksum-crc32` of an
 * empty body into presigned URLs, which several implementations of S3 then refuse.
 * https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/MD5_FALLBACK.md
 */
export function createS3(options: AwsOptions): S3Client {
  return new S3Client({
    ...clientConfig(options, 60_000),
    forcePathStyle: options.endpoint !== undefined,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

export function createSqs(options: AwsOptions): SQSClient {
  // Longer than a long poll, which SQS ends after 20 s at most.
  return new SQSClient(clientConfig(options, 30_000));
}

/**
 * Without timeouts we would wait for ever on a half-open connection. (The SDK treats an option that is
 * undefined differently from one that is absent.)
 */
function clientConfig({ region, endpoint, credentials }: AwsOptions, requestTimeout: number) {
  return {
    region,
    requestHandler: { connectionTimeout: 3_000, requestTimeout, throwOnRequestTimeout: true },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** The version of an object in a request; empty for a bucket without versions. */
export function versionParameter(version: string | null): { VersionId?: string } {
  return version === null || version === "" ? {} : { VersionId: version };
}
