import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { TranspodError } from "@transpod/contract/errors.ts";
import { createSqs } from "@transpod/runtime/aws.ts";
import { awsEnvironment, readEnvironment } from "@transpod/runtime/environment.ts";
import { explain } from "../aws/explain.ts";
import { findQueue } from "../aws/queue/queue.ts";
import { meaningOf, type Meaning } from "./meaning.ts";

/** A message that was received too often. */
export interface DeadLetter extends Meaning {
  message_id: string;
  sent_at: string;
  age_seconds: number;
  receive_count: number;
}

export interface DeadLetters {
  queueUrl: string;
  deadLetterQueueUrl: string;
  /** The approximate number: SQS has no exact one. */
  count: () => Promise<number>;
  /**
   * Reads each message once, at most `limit` of them. `take` decides whether to send it back to the
   * queue; all others are visible again when this resolves.
   */
  visit: (limit: number, take: (letter: DeadLetter) => boolean) => Promise<void>;
}

const settings = awsEnvironment.pick({
  AWS_REGION: true,
  SQS_ENDPOINT: true,
  SQS_QUEUE_URL: true,
});

/**
 * A received message is hidden for this time, so that the next receive gets others. After an
 * interrupted command it becomes visible again.
 */
const visibilitySeconds = 120;

/** Runs `work` with the dead-letter queue of SQS_QUEUE_URL; errors of AWS are explained in sentences. */
export async function withDeadLetters<T>(work: (letters: DeadLetters) => Promise<T>): Promise<T> {
  const env = readEnvironment(settings, process.env);
  const sqs = createSqs({ region: env.AWS_REGION, endpoint: env.SQS_ENDPOINT });
  try {
    return await work(await openDeadLetters(sqs, env.SQS_QUEUE_URL));
  } catch (error) {
    throw explain(error, env.SQS_ENDPOINT);
  } finally {
    sqs.destroy();
  }
}

async function openDeadLetters(sqs: SQSClient, queueUrl: string): Promise<DeadLetters> {
  const deadLetterQueueUrl = await findDeadLetterQueue(sqs, queueUrl);
  return {
    queueUrl,
    deadLetterQueueUrl,
    count: () => countOf(sqs, deadLetterQueueUrl),
    async visit(limit, take) {
      const kept = new Map<string, Message>();
      try {
        while (kept.size < limit) {
          const messages = await receive(sqs, deadLetterQueueUrl, limit - kept.size);
          const fresh = messages.filter(({ MessageId = "" }) => !kept.has(MessageId));
          // Only known messages: all have been read.
          if (fresh.length === 0) return;
          for (const message of fresh) {
            if (take(letterOf(message))) await sendBack(message);
            else kept.set(message.MessageId ?? "", message);
          }
        }
      } finally {
        await Promise.all([...kept.values()].map(showAgain));
      }
    },
  };

  /** Sends before it deletes: dying in between duplicates the message, which the inbox ignores. */
  async function sendBack({ Body, ReceiptHandle }: Message): Promise<void> {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: Body }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle }));
  }

  async function showAgain({ ReceiptHandle }: Message): Promise<void> {
    const again = { QueueUrl: deadLetterQueueUrl, ReceiptHandle, VisibilityTimeout: 0 };
    // Otherwise it becomes visible by itself a little later.
    await sqs.send(new ChangeMessageVisibilityCommand(again)).catch(() => {});
  }
}

/** A long poll: a short one asks only some of SQS' servers, and may find nothing. */
async function receive(sqs: SQSClient, url: string, limit: number): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: Math.min(10, limit),
      VisibilityTimeout: visibilitySeconds,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ["SentTimestamp", "ApproximateReceiveCount"],
    }),
  );
  return Messages;
}

function letterOf({ MessageId, Body = "", Attributes = {} }: Message): DeadLetter {
  const sentAt = Number(Attributes.SentTimestamp);
  return {
    message_id: MessageId ?? "",
    sent_at: new Date(sentAt).toISOString(),
    age_seconds: Math.max(0, Math.round((Date.now() - sentAt) / 1_000)),
    receive_count: Number(Attributes.ApproximateReceiveCount),
    ...meaningOf(Body),
  };
}

async function countOf(sqs: SQSClient, url: string): Promise<number> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] });
  const { Attributes = {} } = await sqs.send(asked);
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}

async function findDeadLetterQueue(sqs: SQSClient, queueUrl: string): Promise<string> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["RedrivePolicy"] }),
  );
  const policy = JSON.parse(Attributes.RedrivePolicy ?? "{}") as { deadLetterTargetArn?: string };
  const name = policy.deadLetterTargetArn?.split(":").at(-1);
  const url = name === undefined ? undefined : await findQueue(sqs, name);
  if (url !== undefined) return url;
  throw new TranspodError(
    "no_dead_letter_queue",
    `The queue ${queueUrl} has no dead-letter queue. "transpod aws init" makes one.`,
  );
}
