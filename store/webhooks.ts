import type pg from "pg";
import type { FileEventType } from "@transpod/contract/webhooks.ts";
import { inTransaction, type Database } from "./database.ts";

/** The signing secret is not in it: only who sends reads that. */
export interface WebhookRow {
  webhook_id: string;
  url: string;
  events: FileEventType[];
  disabled_at: Date | null;
  /** Null unless it is in the future. */
  paused_until: Date | null;
  created_at: Date;
}

export interface NewWebhook {
  webhook_id: string;
  url: string;
  events: readonly FileEventType[];
  secret: string;
}

const columns = `webhook_id, url, events, disabled_at, created_at,
  case when paused_until > now() then paused_until end as paused_until`;

/** Whether anything may be sent to a webhook `w` now. */
export const mayBeSent = `w.disabled_at is null and coalesce(w.paused_until, '-infinity') <= now()`;

/** Undefined when there are `most` already. Two at once may make one more: nothing depends on it. */
export async function insertWebhook(
  db: Database,
  webhook: NewWebhook,
  most: number,
): Promise<WebhookRow | undefined> {
  const { webhook_id, url, events, secret } = webhook;
  const { rows } = await db.query<WebhookRow>(
    `insert into webhooks (webhook_id, url, events, secret)
     select $1, $2, $3, $4 where (select count(*) from webhooks) < $5
     returning ${columns}`,
    [webhook_id, url, events, secret, most],
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

/** Deletes its deliveries too. False when there is no such webhook (any more). */
export async function deleteWebhook(db: Database, webhookId: string): Promise<boolean> {
  const { rowCount } = await db.query(`delete from webhooks where webhook_id = $1`, [webhookId]);
  return rowCount === 1;
}

/** Locks the webhook: nobody disables or deletes it before the transaction ends. */
export async function lockWebhook(
  client: pg.PoolClient,
  webhookId: string,
): Promise<WebhookRow | undefined> {
  const { rows } = await client.query<WebhookRow>(
    `select ${columns} from webhooks where webhook_id = $1 for share`,
    [webhookId],
  );
  return rows[0];
}

/** Nothing is sent to the webhook for so long. A longer pause stays as it is. */
export async function pauseWebhook(
  db: Database,
  webhookId: string,
  seconds: number,
): Promise<void> {
  await db.query(
    `update webhooks set paused_until = greatest(paused_until, now() + make_interval(secs => $2))
     where webhook_id = $1`,
    [webhookId, seconds],
  );
}

/**
 * Events are sent from the next one on. Ends a pause too. False when there is no such webhook, or it was
 * neither disabled nor paused.
 */
export async function enableWebhook(db: Database, webhookId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update webhooks set disabled_at = null, paused_until = null
     where webhook_id = $1 and (disabled_at is not null or paused_until > now())`,
    [webhookId],
  );
  return rowCount === 1;
}

/**
 * Nothing is sent any more. Waiting deliveries end as failed, with the reason `because`; the trigger of
 * migration 0011 writes later events as failed. False when there is no such webhook, or it was disabled
 * already.
 */
export async function disableWebhook(
  db: Database,
  webhookId: string,
  because: string,
): Promise<boolean> {
  return await inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `update webhooks set disabled_at = now() where webhook_id = $1 and disabled_at is null`,
      [webhookId],
    );
    await client.query(
      `update deliveries set status = 'failed', last_error = $2, ended_at = now()
       where webhook_id = $1 and status = 'pending'`,
      [webhookId, because],
    );
    return rowCount === 1;
  });
}

/** Ids of the webhooks that something may be sent to now. */
export async function dueWebhooks(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ webhook_id: string }>(
    `select webhook_id from webhooks w
     where ${mayBeSent} and exists (
       select from deliveries d
       where d.webhook_id = w.webhook_id and d.status = 'pending' and d.next_try_at <= now()
     )`,
  );
  return rows.map((row) => row.webhook_id);
}
