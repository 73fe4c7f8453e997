import {
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  type QueueAttributeName,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { bucketArn, parseArn } from "../arn.ts";
import { withStatement, type PolicyDocument } from "../policy/document.ts";
import type { Queue } from "./queue.ts";
import { setting, type Setting } from "../setting.ts";
import { tagged, type Tags } from "../tags.ts";

const retentionSeconds = String(14 * 24 * 3600);

/** After so many receives a message goes to the dead-letter queue, for a person to look at. */
const maxReceiveCount = 5;

/** The attributes that we set. All except the first are JSON in SQS. */
interface Attributes {
  MessageRetentionPeriod?: string;
  RedrivePolicy?: { deadLetterTargetArn: string; maxReceiveCount: number };
  RedriveAllowPolicy?: { redrivePermission: "byQueue"; sourceQueueArns: string[] };
  Policy?: PolicyDocument;
}

const names = [
  "MessageRetentionPeriod",
  "RedrivePolicy",
  "RedriveAllowPolicy",
  "Policy",
] as const satisfies QueueAttributeName[];

/** Accepts the bucket's events, and moves messages that were received too often to the dead-letter queue. */
export function eventQueue(sqs: SQSClient, queue: Queue, bucket: string, dead: Queue): Setting {
  const place = parseArn(queue.arn);
  return attributes(sqs, queue, (current) => ({
    ...current,
    MessageRetentionPeriod: retentionSeconds,
    RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount },
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    Policy: withStatement(current.Policy, {
      Sid: "TranspodBucketSends",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queue.arn,
      Condition: {
        ArnEquals: { "aws:SourceArn": bucketArn(place, bucket) },
        // The ARN of a bucket has no account, and another account may take the name of a deleted bucket.
        StringEquals: { "aws:SourceAccount": place.account },
      },
    }),
  }));
}

/** Accepts dead letters of this queue only. */
export function deadLetterQueue(sqs: SQSClient, dead: Queue, queue: Queue): Setting {
  return attributes(sqs, dead, (current) => ({
    ...current,
    MessageRetentionPeriod: retentionSeconds,
    RedriveAllowPolicy: { redrivePermission: "byQueue", sourceQueueArns: [queue.arn] },
  }));
}

export async function tagsOfQueue(sqs: SQSClient, url: string): Promise<Tags> {
  return (await sqs.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags ?? {};
}

export function queueTags(sqs: SQSClient, { url }: Queue, wanted: Tags): Setting {
  return tagged(wanted, {
    read: () => tagsOfQueue(sqs, url),
    write: (tags) => sqs.send(new TagQueueCommand({ QueueUrl: url, Tags: tags })),
  });
}

function attributes(
  sqs: SQSClient,
  { url }: Queue,
  next: (current: Attributes) => Attributes,
): Setting {
  return setting<Attributes>("attributes", {
    async read() {
      const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] });
      const { Attributes: texts = {} } = await sqs.send(asked);
      const set = names.filter((name) => texts[name]);
      return Object.fromEntries(set.map((name) => [name, decode(name, texts[name] ?? "")]));
    },
    next: (current = {}) => next(current),
    write: (wanted) =>
      sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl: url,
          Attributes: Object.fromEntries(
            Object.entries(wanted).map(([name, value]) => [name, encode(value)]),
          ),
        }),
      ),
  });
}

function decode(name: (typeof names)[number], text: string): unknown {
  if (name === "MessageRetentionPeriod") return text;
  const value = JSON.parse(text);
  // A number that was set by hand may be text.
  return name === "RedrivePolicy"
    ? { ...value, maxReceiveCount: Number(value.maxReceiveCount) }
    : value;
}

function encode(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
