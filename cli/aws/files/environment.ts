import type { Installation } from "../installation.ts";

/** The environment variables of the services, in the form of .env.aws.template: names, and no secrets. */
export function environmentFile({ names, region, queueUrl, emulator }: Installation): string {
  const endpoint = emulator?.endpoint ?? "";
  return [
    `AWS_REGION=${region}`,
    `S3_RAW_BUCKET=${names.rawBucket}`,
    `S3_PROCESSED_BUCKET=${names.processedBucket}`,
    `SQS_QUEUE_URL=${queueUrl}`,
    "",
    "# Of an emulator; empty on AWS.",
    `S3_ENDPOINT=${endpoint}`,
    `S3_PUBLIC_ENDPOINT=${endpoint}`,
    `SQS_ENDPOINT=${endpoint}`,
    "",
  ].join("\n");
}
