import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type pg from "pg";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { deleteOutbox, takeOutbox } from "@transpod/store/outbox.ts";

export interface RelayDeps {
  pool: pg.Pool;
  sqs: SQSClient;
  queueUrl: string;
}

/** SQS takes no more in one request. */
const batch = 10;

/**
 * Sends what the outbox holds, a batch in each transaction. Dying between sending and committing sends
 * a message twice, which the inbox doesn't mind; what SQS refuses stays for the next sweep.
 */
export async function relayOutbox(deps: RelayDeps): Promise<void> {
  while ((await relayBatch(deps)) === batch);
}

async function relayBatch({ pool, sqs, queueUrl }: RelayDeps): Promise<number> {
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
