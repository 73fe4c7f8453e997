import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type pg from "pg";
import { inTransaction } from "@transpod/store/database.ts";
import { markSent, takeOutbox } from "@transpod/store/outbox.ts";

export interface RelayDeps {
  pool: pg.Pool;
  sqs: SQSClient;
  queueUrl: string;
}

/**
 * Sends what the outbox holds, and marks it sent in the transaction that took it. Dying in between
 * sends a message twice, which the inbox doesn't mind.
 */
export async function relayOutbox({ pool, sqs, queueUrl }: RelayDeps): Promise<void> {
  await inTransaction(pool, async (client) => {
    const messages = await takeOutbox(client, 100);
    for (const { body } of messages) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    }
    if (messages.length > 0) {
      await markSent(
        client,
        messages.map((message) => message.outbox_id),
      );
    }
  });
}
