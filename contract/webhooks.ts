import { z } from "zod";
import "zod-openapi";
import { idInPath, pageQuery } from "./parameters.ts";
import { fileStatus } from "./public-api.ts";
import { webhookUrl } from "./webhook-url.ts";

/** The shapes of webhooks: what clients manage, and what their receivers get. */

/** Each webhook adds a row for every event of a file, and has its own connections. */
export const maxWebhooks = 32;

export const fileEventTypes = [
  "file.processing",
  "file.completed",
  "file.failed",
  "file.cancelled",
  "file.deleted",
] as const;

const timestamp = z.iso.datetime({ offset: true }).meta({ example: "2026-01-31T12:00:00.000Z" });
const id = z.uuid().meta({ example: "5d0c7f3e-0d51-4c1b-8a52-7f7f7b6c9a10" });
const events = z.array(z.enum(fileEventTypes));

export const webhookRequest = z
  .strictObject({
    url: webhookUrl.meta({
      description: "Where events are POSTed to. Redirects are not followed.",
    }),
    events: events
      .min(1, "Name at least one event, or omit `events` to get all of them.")
      .default([...fileEventTypes])
      .meta({ description: "Which events to send; all of them by default." }),
  })
  .meta({ id: "WebhookRequest" });

export const webhookUpdate = z
  .strictObject({
    enabled: z.boolean().meta({ description: "Whether events are sent." }),
  })
  .meta({ id: "WebhookUpdate" });

export const webhook = z
  .object({
    webhook_id: id,
    url: z.string(),
    events,
    enabled: z.boolean(),
    disabled_at: timestamp.nullable().meta({
      description:
        "Since when nothing is sent any more, because the receiver answered 410 Gone or a client disabled it.",
    }),
    paused_until: timestamp.nullable().meta({
      description:
        "Nothing is sent before this, because the receiver asked for that with `Retry-After`.",
    }),
    created_at: timestamp,
  })
  .meta({ id: "Webhook" });

export const webhookCreated = webhook
  .extend({
    secret: z.string().meta({
      description: "Key to verify signatures (Standard Webhooks). Only this answer shows it.",
      example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }),
  })
  .meta({ id: "WebhookCreated" });

export const webhookList = z.object({ webhooks: z.array(webhook) }).meta({ id: "WebhookList" });

/** What is sent to a receiver, as the trigger of migration 0011 writes it. */
export const webhookEvent = z
  .object({
    type: z.enum([...fileEventTypes, "webhook.test"]),
    timestamp: timestamp.meta({ description: "When it happened." }),
    data: fileStatus
      .pick({
        file_id: true,
        file_name: true,
        processing_status: true,
        attempt: true,
        failure: true,
      })
      .partial()
      .meta({ description: "The file as it was then; empty in a test event." }),
  })
  .meta({ id: "WebhookEvent" });

const deliveryStatus = z.enum(["pending", "delivered", "failed"]).meta({ id: "DeliveryStatus" });

export const delivery = z
  .object({
    delivery_id: id.meta({ description: "The header webhook-id of each try." }),
    status: deliveryStatus,
    payload: webhookEvent,
    tries: z
      .int()
      .meta({ description: "Number of tries since the event, or since the last replay." }),
    next_try_at: timestamp.nullable().meta({
      description:
        "While pending: the next try is not before this time, not before earlier events of the file have " +
        "ended, and not before the webhook's `paused_until`.",
    }),
    last_http_status: z.int().nullable().meta({ description: "null when there was no answer" }),
    last_error: z.string().nullable(),
    created_at: timestamp,
    ended_at: timestamp.nullable(),
  })
  .meta({ id: "Delivery" });

/** A sequence number. */
export const deliveryCursor = /^[0-9]{1,15}$/;

export const deliveryList = z
  .object({
    deliveries: z.array(delivery),
    next_cursor: z.string().nullable().meta({ pattern: deliveryCursor.source }),
  })
  .meta({ id: "DeliveryList" });

export const deliveryQuery = z.strictObject({
  status: deliveryStatus.optional(),
  ...pageQuery(deliveryCursor),
});

export const webhookParams = z.object({
  webhook_id: idInPath("The webhook id is not a UUID."),
});
export const deliveryParams = webhookParams.extend({
  delivery_id: idInPath("The delivery id is not a UUID."),
});

export type FileEventType = (typeof fileEventTypes)[number];
export type WebhookRequest = z.infer<typeof webhookRequest>;
export type Webhook = z.infer<typeof webhook>;
export type WebhookCreated = z.infer<typeof webhookCreated>;
export type WebhookList = z.infer<typeof webhookList>;
export type WebhookEvent = z.infer<typeof webhookEvent>;
export type DeliveryStatus = z.infer<typeof deliveryStatus>;
export type Delivery = z.infer<typeof delivery>;
export type DeliveryList = z.infer<typeof deliveryList>;
