import type { FileEventType } from "@transpod/contract/webhooks.ts";
import type { Database } from "./database.ts";

/** Without the signing secret, which only the sender reads. */
export interface WebhookRow {
  webhook_id: string;
  url: string;
  events: FileEventType[];
  disabled_at: Date | null;
  created_at: Date;
}

export interface NewWebhook {
  webhook_id: string;
  url: string;
  events: readonly FileEventType[];
  secret: string;
}

const columns = "webhook_id, url, events, disabled_at, created_at";

/** Undefined when there are `limit` already. Parallel calls may create one more, which does no harm. */
export async function insertWebhook(
  db: Database,
  webhook: NewWebhook,
  limit: number,
): Promise<WebhookRow | undefined> {
  const { webhook_id, url, events, secret } = webhook;
  const { rows } = await db.query<WebhookRow>(
    `insert into webhooks (webhook_id, url, events, secret)
     select $1, $2, $3, $4 where (select count(*) from webhooks) < $5
     returning ${columns}`,
    [webhook_id, url, events, secret, limit],
  );
  return rows[0];
}

/** The oldest first. */
export async function listWebhooks(db: Database): Promise<WebhookRow[]> {
  const { rows } = await db.query<WebhookRow>(
    `select ${columns} from webhooks order by created_at, webhook_id`,
  );
  return rows;
}

export async function getWebhook(db: Database, webhookId: string): Promise<WebhookRow | undefined> {
  const { rows } = await db.query<WebhookRow>(
    `select ${columns} from webhooks where webhook_id = $1`,
    [webhookId],
  );
  return rows[0];
}

/** Deletes its deliveries too. False when the webhook does not exist (any more). */
export async function deleteWebhook(db: Database, webhookId: string): Promise<boolean> {
  const { rowCount } = await db.query(`delete from webhooks where webhook_id = $1`, [webhookId]);
  return rowCount === 1;
}

/** Ids of the webhooks that something may be sent to now. */
export async function dueWebhooks(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ webhook_id: string }>(
    `select webhook_id from webhooks w
     where exists (
       select from deliveries d
       where d.webhook_id = w.webhook_id and d.status = 'pending' and d.next_try_at <= now()
     )`,
  );
  return rows.map((row) => row.webhook_id);
}
