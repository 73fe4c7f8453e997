import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  type BucketLocationConstraint,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** Exactly these: S3's suffix filter is case-sensitive and has no patterns. */
const SUFFIXES = [".mp4", ".mov", ".MP4", ".MOV"];

/** After so many receptions a message is put aside for a person to look at. */
const MAX_RECEIVE_COUNT = 5;
const FOURTEEN_DAYS_S = 14 * 24 * 3600;

export interface ProvisionOptions {
  s3: S3Client;
  sqs: SQSClient;
  rawBucket: string;
  processedBucket: string;
  /** The dead-letter queue is named after it, with `-dead`. */
  queueName: string;
  /** Who may upload and download from a browser. */
  corsOrigins?: string[];
}

export interface Provisioned {
  queueUrl: string;
  deadLetterQueueUrl: string;
}

/**
 * Makes the buckets and queues that Transpod needs and connects them. May be run again: it changes
 * what differs and leaves objects and messages alone. Speaks to AWS as well as to an emulator.
 */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { s3, sqs, rawBucket, processedBucket, queueName, corsOrigins = ["*"] } = options;
  for (const bucket of [rawBucket, processedBucket]) {
    await createBucket(s3, bucket);
    await allowBrowsers(s3, bucket, corsOrigins);
    await expireUnfinishedUploads(s3, bucket);
  }
  // A second upload to the same key must not change the source of a running attempt.
  await s3.send(
    new PutBucketVersioningCommand({
      Bucket: rawBucket,
      VersioningConfiguration: { Status: "Enabled" },
    }),
  );

  const dead = await createQueue(sqs, `${queueName}-dead`, {
    MessageRetentionPeriod: String(FOURTEEN_DAYS_S),
  });
  const queue = await createQueue(sqs, queueName, {
    MessageRetentionPeriod: String(FOURTEEN_DAYS_S),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: dead.arn,
      maxReceiveCount: MAX_RECEIVE_COUNT,
    }),
  });
  await allowBucketToSend(sqs, queue, rawBucket);
  await notifyQueue(s3, rawBucket, queue);
  return { queueUrl: queue.url, deadLetterQueueUrl: dead.url };
}

async function createBucket(s3: S3Client, bucket: string): Promise<void> {
  const region = await s3.config.region();
  // us-east-1 is the one region that must not be named.
  const location = region !== "us-east-1" && {
    CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
  };
  try {
    await s3.send(new CreateBucketCommand({ Bucket: bucket, ...location }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}

async function allowBrowsers(s3: S3Client, bucket: string, origins: string[]): Promise<void> {
  const rule = {
    AllowedOrigins: origins,
    AllowedMethods: ["GET", "HEAD", "PUT"],
    AllowedHeaders: ["*"],
    // A browser that uploads in parts must be able to read it.
    ExposeHeaders: ["ETag"],
    MaxAgeSeconds: 3600,
  };
  await s3.send(
    new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: [rule] } }),
  );
}

/** Parts of an upload that nobody completes would stay, and be billed, for ever. */
async function expireUnfinishedUploads(s3: S3Client, bucket: string): Promise<void> {
  const rule = {
    ID: "transpod-unfinished-uploads",
    Status: "Enabled" as const,
    Filter: { Prefix: "" },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  };
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: { Rules: [rule] },
    }),
  );
}

interface Queue {
  url: string;
  arn: string;
}

/** Attributes are set afterwards: creating a queue that is there with others is an error. */
async function createQueue(
  sqs: SQSClient,
  name: string,
  attributes: Partial<Record<QueueAttributeName, string>>,
): Promise<Queue> {
  const { QueueUrl: url } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: attributes }));
  const { Attributes: known } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
  );
  const arn = known?.QueueArn;
  if (!url || !arn) throw new Error(`SQS named no URL or no ARN for the queue ${name}`);
  return { url, arn };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html */
async function allowBucketToSend(sqs: SQSClient, queue: Queue, bucket: string): Promise<void> {
  const partition = queue.arn.split(":")[1];
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queue.arn,
        Condition: { ArnEquals: { "aws:SourceArn": `arn:${partition}:s3:::${bucket}` } },
      },
    ],
  };
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: queue.url,
      Attributes: { Policy: JSON.stringify(policy) },
    }),
  );
}

/** Replaces whatever the bucket told anybody before. S3 takes one suffix for each configuration. */
async function notifyQueue(s3: S3Client, bucket: string, queue: Queue): Promise<void> {
  const configurations = SUFFIXES.map((suffix) => ({
    Id: `transpod-${suffix.slice(1)}`,
    QueueArn: queue.arn,
    Events: ["s3:ObjectCreated:*" as const],
    Filter: { Key: { FilterRules: [{ Name: "suffix" as const, Value: suffix }] } },
  }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: { QueueConfigurations: configurations },
    }),
  );
}
