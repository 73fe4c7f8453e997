import { DeleteBucketCommand } from "@aws-sdk/client-s3";
import { DeleteQueueCommand } from "@aws-sdk/client-sqs";
import pRetry from "p-retry";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import { bucketExists } from "./bucket/bucket.ts";
import { tagsOfBucket } from "./bucket/settings.ts";
import type { Connection } from "./connect.ts";
import { unlessMissing } from "./errors.ts";
import type { Names } from "./names.ts";
import { deletePolicy, findPolicy, attachmentsOf, policyArn } from "./policy/managed-policy.ts";
import { findQueue, noSuchQueue } from "./queue/queue.ts";
import { tagsOfQueue } from "./queue/settings.ts";
import type { Resource } from "./resource.ts";
import { tagsIn, type Tags } from "./tags.ts";

/** An existing resource of an installation, and how to delete it. */
export interface FoundResource extends Pick<Resource, "kind" | "name"> {
  tags: Tags;
  /** What a policy is attached to: `role transpod-api`. */
  holders: string[];
  delete(onStep: (step: string) => void): Promise<unknown>;
}

/** All existing resources of an installation. */
export async function findInstallation(
  connection: Connection,
  names: Names,
): Promise<FoundResource[]> {
  const found = await Promise.all([
    ...[names.rawBucket, names.processedBucket].map((name) => findOwnBucket(connection, name)),
    ...[names.queue, names.deadLetterQueue].map((name) => findOwnQueue(connection, name)),
    ...[names.apiPolicy, names.controllerPolicy].map((name) => findOwnPolicy(connection, name)),
  ]);
  return found.filter((item) => item !== undefined);
}

async function findOwnBucket(
  connection: Connection,
  name: string,
): Promise<FoundResource | undefined> {
  const { s3, identity } = connection;
  if (!(await bucketExists(s3, name, identity?.account))) return undefined;
  const emptyAndDelete = async (onStep: (step: string) => void) => {
    const say = (total: number) => onStep(`Emptying ${name}: ${total} deleted`);
    await deleteObjects(s3, { bucket: name }, say);
    await s3.send(new DeleteBucketCommand({ Bucket: name }));
  };
  return {
    kind: "bucket",
    name,
    tags: await tagsOfBucket(s3, name),
    holders: [],
    delete: (onStep) =>
      // A client with a presigned URL may still upload in the meantime.
      pRetry(() => emptyAndDelete(onStep), {
        retries: 5,
        shouldRetry: ({ error }) => error.name === "BucketNotEmpty",
      }),
  };
}

async function findOwnQueue({ sqs }: Connection, name: string): Promise<FoundResource | undefined> {
  const url = await findQueue(sqs, name);
  if (url === undefined) return undefined;
  // SQS still lists a queue for up to a minute after it was deleted.
  const tags = await unlessMissing(tagsOfQueue(sqs, url), ...noSuchQueue);
  if (tags === undefined) return undefined;
  return {
    kind: "queue",
    name,
    tags,
    holders: [],
    delete: () => sqs.send(new DeleteQueueCommand({ QueueUrl: url })),
  };
}

async function findOwnPolicy(
  { policies }: Connection,
  name: string,
): Promise<FoundResource | undefined> {
  if (policies === undefined) return undefined;
  const { iam, identity } = policies;
  const arn = policyArn(identity, name);
  const policy = await findPolicy(iam, arn);
  if (policy === undefined) return undefined;
  return {
    kind: "policy",
    name,
    tags: tagsIn(policy.Tags),
    holders: await attachmentsOf(iam, arn),
    delete: () => deletePolicy(iam, arn),
  };
}
