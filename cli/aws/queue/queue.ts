import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import pRetry from "p-retry";
import { unlessMissing } from "../errors.ts";
import type { Tags } from "../tags.ts";

export interface Queue {
  name: string;
  url: string;
  arn: string;
  /** Whether it was created in this run. */
  created: boolean;
}

/** SQS has an old and a new name for this error. */
export const noSuchQueue = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

/** The queue's URL, undefined when there is none. */
export async function findQueue(sqs: SQSClient, name: string): Promise<string | undefined> {
  const asked = sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  return (await unlessMissing(asked, ...noSuchQueue))?.QueueUrl;
}

export async function ensureQueue(sqs: SQSClient, name: string, tags: Tags): Promise<Queue> {
  const found = await findQueue(sqs, name);
  const url = found ?? (await createQueue(sqs, name, tags));
  return { name, url, arn: await arnOf(sqs, url), created: found === undefined };
}

async function createQueue(sqs: SQSClient, name: string, tags: Tags): Promise<string> {
  // Without attributes: creating an existing queue with other attributes is an error.
  const { QueueUrl: url } = await sqs.send(new CreateQueueCommand({ QueueName: name, tags }));
  if (url === undefined) throw new Error(`SQS named no URL for the queue ${name}`);
  return url;
}

/** SQS asks clients to wait a second before they use a new queue; most often it works at once. */
async function arnOf(sqs: SQSClient, url: string): Promise<string> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] });
  const { Attributes } = await pRetry(() => sqs.send(asked), {
    retries: 5,
    shouldRetry: ({ error }) => noSuchQueue.includes(error.name),
  });
  const arn = Attributes?.QueueArn;
  if (arn === undefined) throw new Error(`SQS named no ARN for the queue ${url}`);
  return arn;
}
