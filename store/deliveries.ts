import type pg from "pg";
import type { DeliveryStatus, WebhookEvent } from "@transpod/contract/webhooks.ts";
import { inTransaction, type Database } from "./database.ts";
import { disableWebhook, mayBeSent } from "./webhooks.ts";

export interface DeliveryRow {
  delivery_id: string;
  sequence: number;
  status: DeliveryStatus;
  payload: WebhookEvent;
  tries: number;
  next_try_at: Date;
  last_http_status: number | null;
  last_error: string | null;
  created_at: Date;
  ended_at: Date | null;
}

/** A delivery to send now, with all data for that. */
export interface TakenDelivery {
  delivery_id: string;
  webhook_id: string;
  file_id: string | null;
  lease: number;
  payload: WebhookEvent;
  tries: number;
  /** Since the first try. */
  trying_seconds: number;
  url: string;
  secret: string;
}

export type DeliveryRef = Pick<TakenDelivery, "delivery_id" | "webhook_id" | "lease">;

/** How a try ended. */
export interface Answer {
  /** Null when there was no answer. */
  http_status: number | null;
  /** Null when the receiver accepted it. */
  error: string | null;
}

export interface ListDeliveriesOptions {
  status: DeliveryStatus | undefined;
  /** The sequence of the last one on the previous page. */
  before: number | undefined;
  limit: number;
}

const columns = `d.delivery_id, d.sequence, d.status, d.payload, d.tries, d.next_try_at,
  d.last_http_status, d.last_error, d.created_at, d.ended_at`;

/** The newest first, and one more than `limit` when there is a next page. */
export async function listDeliveries(
  db: Database,
  webhookId: string,
  { status, before, limit }: ListDeliveriesOptions,
): Promise<DeliveryRow[]> {
  const { rows } = await db.query<DeliveryRow>(
    `select ${columns} from deliveries d
     where webhook_id = $1 and ($2::text is null or status = $2)
       and ($3::bigint is null or sequence < $3)
     order by sequence desc
     limit $4`,
    [webhookId, status ?? null, before ?? null, limit + 1],
  );
  return rows;
}

/** A delivery that belongs to no file, for a webhook that exists. */
export async function insertDelivery(
  db: Database,
  webhookId: string,
  payload: WebhookEvent,
): Promise<DeliveryRow> {
  const { rows } = await db.query<DeliveryRow>(
    `insert into deliveries as d (webhook_id, payload) values ($1, $2) returning ${columns}`,
    [webhookId, payload],
  );
  return rows[0]!;
}

/**
 * Makes a delivery due now, with its count of tries at zero. The result of a try that is under way no longer
 * counts. Undefined when there is no such delivery.
 */
export async function replayDelivery(
  db: Database,
  webhookId: string,
  deliveryId: string,
): Promise<DeliveryRow | undefined> {
  const { rows } = await db.query<DeliveryRow>(
    `update deliveries d
     set status = 'pending', lease = lease + 1, tries = 0, first_tried_at = null,
       next_try_at = now(), ended_at = null
     where webhook_id = $1 and delivery_id = $2
     returning ${columns}`,
    [webhookId, deliveryId],
  );
  return rows[0];
}

/**
 * Takes the delivery of a webhook that has been due longest and has no earlier one of the same file
 * before it. The caller holds it for `leaseSeconds`; then another process may take and send it again.
 * Undefined when nothing is due, or the webhook is paused or disabled.
 */
export async function takeDelivery(
  db: Database,
  webhookId: string,
  leaseSeconds: number,
): Promise<TakenDelivery | undefined> {
  const { rows } = await db.query<TakenDelivery>(
    `update deliveries d
     set lease = lease + 1, first_tried_at = coalesce(first_tried_at, now()),
       next_try_at = now() + make_interval(secs => $2)
     from webhooks w
     where w.webhook_id = d.webhook_id and ${mayBeSent} and d.delivery_id = (
       select due.delivery_id from deliveries due
       where due.webhook_id = $1 and due.status = 'pending' and due.next_try_at <= now()
         and not exists (
           select from deliveries earlier
           where earlier.webhook_id = due.webhook_id and earlier.file_id = due.file_id
             and earlier.status = 'pending' and earlier.sequence < due.sequence
         )
       order by due.next_try_at, due.sequence
       limit 1
       for update skip locked
     )
     returning d.delivery_id, d.webhook_id, d.file_id, d.lease, d.payload, d.tries, w.url, w.secret,
       extract(epoch from now() - d.first_tried_at)::float8 as trying_seconds`,
    [webhookId, leaseSeconds],
  );
  return rows[0];
}

/**
 * Records how a try ended; `delaySeconds` is the time until the next try of a pending one. False when
 * another process has taken the delivery since.
 */
export async function recordAnswer(
  db: Database,
  ref: DeliveryRef,
  { status, delaySeconds }: { status: DeliveryStatus; delaySeconds: number },
  { http_status, error }: Answer,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with answered as (
       update deliveries
       set status = $3, tries = tries + 1, next_try_at = now() + make_interval(secs => $4),
         last_http_status = $5, last_error = $6, ended_at = case when $3 <> 'pending' then now() end
       where delivery_id = $1 and lease = $2 and status = 'pending'
       returning webhook_id, file_id, sequence, next_try_at
     ), behind as (
       -- Later events of the file are not due before this one.
       update deliveries d set next_try_at = later.turn
       from (
         select l.delivery_id, a.next_try_at as turn
         from answered a
         join deliveries l on l.webhook_id = a.webhook_id and l.file_id = a.file_id
           and l.status = 'pending' and l.sequence > a.sequence
         for update of l skip locked
       ) later
       where d.delivery_id = later.delivery_id
     )
     select from answered`,
    [ref.delivery_id, ref.lease, status, delaySeconds, http_status, error],
  );
  return rowCount === 1;
}

/**
 * Ends a delivery whose receiver answered that it is gone, and disables the webhook. False when another process
 * has taken the delivery since: then the webhook stays as it is.
 */
export async function recordGone(
  pool: pg.Pool,
  ref: DeliveryRef,
  answer: Answer,
): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    // The webhook first, as when it is deleted.
    await client.query(`select from webhooks where webhook_id = $1 for no key update`, [
      ref.webhook_id,
    ]);
    const verdict = { status: "failed", delaySeconds: 0 } as const;
    if (!(await recordAnswer(client, ref, verdict, answer))) return false;
    const because = "The receiver is gone: it answered 410 to another delivery.";
    await disableWebhook(client, ref.webhook_id, because);
    return true;
  });
}

/** Deletes the oldest deliveries that ended more than `olderThanDays` ago, at most `limit`. */
export async function deleteOldDeliveries(
  db: Database,
  olderThanDays: number,
  limit: number,
): Promise<void> {
  await db.query(
    `delete from deliveries where delivery_id in (
       select delivery_id from deliveries
       where ended_at < now() - make_interval(days => $1)
       order by ended_at
       limit $2
       for update skip locked
     )`,
    [olderThanDays, limit],
  );
}
