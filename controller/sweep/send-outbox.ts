import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type pg from "pg";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { deleteOutbox, takeOutbox } from "@transpod/store/outbox.ts";

export interface OutboxDeps {
  pool: pg.Pool;
  sqs: SQSClient;
  queueUrl: string;
}

/** The limit of SQS for one request. */
const batch = 10;

/**
 * Sends the messages of the outbox, one batch in each transaction. Dying between sending and committing
 * sends a message twice, which the inbox ignores. Messages that SQS refuses stay for the next sweep.
 */
export async function sendOutbox(deps: OutboxDeps): Promise<void> {
  while ((await sendBatch(deps)) === batch);
}

async function sendBatch({ pool, sqs, queueUrl }: OutboxDeps): Promise<number> {
  return await inTransaction(pool, async (client) => {
    const messages = await takeOutbox(client, batch);
    if (messages.length === 0) return 0;
    const { Successful: sent = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ outbox_id, body }) => ({
          Id: String(outbox_id),
          MessageBody: body,
        })),
      }),
    );
    crashPoint("outbox_sent");
    await deleteOutbox(
      client,
      sent.map((entry) => Number(entry.Id)),
    );
    return sent.length;
  });
}
