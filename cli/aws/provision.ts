import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { parseArn } from "./arn.ts";
import { bucketExists, createBucket } from "./bucket/bucket.ts";
import { notifications } from "./bucket/notifications.ts";
import {
  bucketTags,
  cors,
  lifecycle,
  noPublicAccess,
  speaksTls,
  tlsOnly,
  versioning,
} from "./bucket/settings.ts";
import { deadLetterQueueOf } from "./names.ts";
import { ensureQueue, type Queue } from "./queue/queue.ts";
import { deadLetterQueue, eventQueue, queueTags } from "./queue/settings.ts";
import { resource, type Resource } from "./resource.ts";
import { ensureAll } from "./setting.ts";
import type { Tags } from "./tags.ts";

export interface ProvisionOptions {
  s3: S3Client;
  sqs: SQSClient;
  rawBucket: string;
  processedBucket: string;
  /** The dead-letter queue is named after it, with `-dead`. */
  queueName: string;
  /**
   * Origins of web pages that may upload and download. By default those of the last run; in the first
   * run any origin.
   */
  corsOrigins?: string[] | undefined;
  /** The tags of everything that is created. */
  tags?: Tags;
  /** The account that the buckets must belong to. */
  account?: string | undefined;
}

export interface Provisioned {
  queueUrl: string;
  queueArn: string;
  deadLetterQueueUrl: string;
  resources: Resource[];
}

/**
 * Creates the buckets and queues that Transpod needs and connects them. Safe to run again, also after
 * an interruption: it changes only what differs, and keeps objects, messages, and other settings of the
 * same buckets and queues. Works with AWS and with an emulator.
 */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { s3, rawBucket, processedBucket, account } = options;
  // Another account may have these names, so they are checked before anything is created.
  const [rawExists, processedExists] = await Promise.all([
    bucketExists(s3, rawBucket, account),
    bucketExists(s3, processedBucket, account),
  ]);
  const { queue, dead, resources } = await provisionQueues(options);
  const buckets = await Promise.all([
    provisionBucket(options, queue, { bucket: rawBucket, exists: rawExists }),
    provisionBucket(options, queue, { bucket: processedBucket, exists: processedExists }),
  ]);
  return {
    queueUrl: queue.url,
    queueArn: queue.arn,
    deadLetterQueueUrl: dead.url,
    resources: [...buckets, ...resources],
  };
}

async function provisionQueues({ sqs, queueName, rawBucket, tags = {} }: ProvisionOptions) {
  const [queue, dead] = await Promise.all([
    ensureQueue(sqs, queueName, tags),
    ensureQueue(sqs, deadLetterQueueOf(queueName), tags),
  ]);
  const deadSettings = [queueTags(sqs, dead, tags), deadLetterQueue(sqs, dead, queue)];
  const settings = [queueTags(sqs, queue, tags), eventQueue(sqs, queue, rawBucket, dead)];
  const changedDead = await ensureAll(deadSettings);
  const changed = await ensureAll(settings);
  return {
    queue,
    dead,
    resources: [
      resource("queue", queue.name, queue.created, changed),
      resource("queue", dead.name, dead.created, changedDead),
    ],
  };
}

async function provisionBucket(
  options: ProvisionOptions,
  queue: Queue,
  { bucket, exists }: { bucket: string; exists: boolean },
): Promise<Resource> {
  const { s3, rawBucket, corsOrigins, tags = {} } = options;
  if (!exists) await createBucket(s3, bucket);
  const changed = await ensureAll([
    bucketTags(s3, bucket, tags),
    noPublicAccess(s3, bucket),
    ...((await speaksTls(s3)) ? [tlsOnly(s3, bucket, parseArn(queue.arn))] : []),
    cors(s3, bucket, corsOrigins),
    lifecycle(s3, bucket),
    ...(bucket === rawBucket ? [versioning(s3, bucket), notifications(s3, bucket, queue.arn)] : []),
  ]);
  return resource("bucket", bucket, !exists, changed);
}
