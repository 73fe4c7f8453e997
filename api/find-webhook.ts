import type { Delivery, Webhook } from "@transpod/contract/webhooks.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { DeliveryRow } from "@transpod/store/deliveries.ts";
import { getWebhook, type WebhookRow } from "@transpod/store/webhooks.ts";
import type { ApiDeps } from "./deps.ts";

/** Throws an HttpError 404 when there is no such webhook. */
export async function findWebhook({ pool }: ApiDeps, webhookId: string): Promise<WebhookRow> {
  const row = await getWebhook(pool, webhookId);
  if (row !== undefined) return row;
  throw webhookNotFound(webhookId);
}

export function webhookNotFound(webhookId: string): HttpError {
  return new HttpError(404, "webhook_not_found", `Webhook with ID ${webhookId} not found.`);
}

/** Throws an HttpError: 404 when there is no such webhook, 409 when it is disabled. */
export async function findEnabledWebhook(deps: ApiDeps, webhookId: string): Promise<WebhookRow> {
  const row = await findWebhook(deps, webhookId);
  if (row.disabled_at === null) return row;
  const detail =
    "The webhook is disabled, because its receiver answered 410 Gone. Create it anew with " +
    "POST /webhooks.";
  throw new HttpError(409, "webhook_disabled", detail);
}

export function toWebhook(row: WebhookRow): Webhook {
  return {
    webhook_id: row.webhook_id,
    url: row.url,
    events: row.events,
    disabled_at: row.disabled_at?.toISOString() ?? null,
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
