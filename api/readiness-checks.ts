import { HeadBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type pg from "pg";
import type { Check } from "@transpod/runtime/health.ts";
import type { ApiConfig } from "./config.ts";

export interface CheckedParts {
  pool: pg.Pool;
  s3: S3Client;
  sqs: SQSClient;
  buckets: ApiConfig["buckets"];
  queueUrl: string;
}

/** Whether each part that uploads and downloads depend on can be reached. */
export function readinessChecks(parts: CheckedParts): Record<string, Check> {
  const { pool, s3, sqs, buckets, queueUrl } = parts;
  const headBucket =
    (bucket: string): Check =>
    (abortSignal) =>
      s3.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal });

  return {
    // Fails also while the schema has not been migrated.
    postgres: () => pool.query("select from file_status limit 0"),
    raw_bucket: headBucket(buckets.raw),
    processed_bucket: headBucket(buckets.processed),
    queue: (abortSignal) =>
      sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["QueueArn"] }),
        { abortSignal },
      ),
  };
}
