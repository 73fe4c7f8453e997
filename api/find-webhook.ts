import type pg from "pg";
import type { Delivery, Webhook } from "@transpod/contract/webhooks.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { Database } from "@transpod/store/database.ts";
import type { DeliveryRow } from "@transpod/store/deliveries.ts";
import { getWebhook, lockWebhook, type WebhookRow } from "@transpod/store/webhooks.ts";

/** Throws an HttpError 404 when there is no such webhook. */
export async function findWebhook(db: Database, webhookId: string): Promise<WebhookRow> {
  const row = await getWebhook(db, webhookId);
  if (row !== undefined) return row;
  throw webhookNotFound(webhookId);
}

export function webhookNotFound(webhookId: string): HttpError {
  return new HttpError(404, "webhook_not_found", `Webhook with ID ${webhookId} not found.`);
}

/**
 * Locks the webhook: it exists and is enabled until the transaction ends. Throws an HttpError: 404 when there
 * is no such webhook, 409 when it is disabled.
 */
export async function requireEnabled(client: pg.PoolClient, webhookId: string): Promise<void> {
  const row = await lockWebhook(client, webhookId);
  if (row === undefined) throw webhookNotFound(webhookId);
  if (row.disabled_at === null) return;
  const detail =
    `The webhook is disabled. Enable it with PATCH /webhooks/${webhookId} and the body ` +
    '{"enabled": true}.';
  throw new HttpError(409, "webhook_disabled", detail);
}

export function toWebhook(row: WebhookRow): Webhook {
  return {
    webhook_id: row.webhook_id,
    url: row.url,
    events: row.events,
    enabled: row.disabled_at === null,
    disabled_at: row.disabled_at?.toISOString() ?? null,
    paused_until: row.paused_until?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    delivery_id: row.delivery_id,
    status: row.status,
    payload: row.payload,
    tries: row.tries,
    next_try_at: row.status === "pending" ? row.next_try_at.toISOString() : null,
    last_http_status: row.last_http_status,
    last_error: row.last_error,
    created_at: row.created_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}
