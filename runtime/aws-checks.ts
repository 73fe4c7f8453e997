import { HeadBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Check } from "./health.ts";

/** Whether a bucket is there and can be reached. */
export function bucketCheck(s3: S3Client, bucket: string): Check {
  return (abortSignal) => s3.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal });
}

/** Whether a queue is there and can be reached. */
export function queueCheck(sqs: SQSClient, queueUrl: string): Check {
  const request = { QueueUrl: queueUrl, AttributeNames: ["QueueArn" as const] };
  return (abortSignal) => sqs.send(new GetQueueAttributesCommand(request), { abortSignal });
}
