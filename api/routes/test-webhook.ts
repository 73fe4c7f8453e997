import { delivery, webhookParams, type WebhookEvent } from "@transpod/contract/webhooks.ts";
import { parseRequest } from "@transpod/runtime/problems.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { insertDelivery } from "@transpod/store/deliveries.ts";
import { json, problems } from "../describe.ts";
import { requireEnabled, toDelivery } from "../find-webhook.ts";
import type { Route } from "../route.ts";

export const testWebhook: Route = {
  method: "post",
  path: "/webhooks/:webhook_id/test",
  scope: "admin",
  operation: {
    operationId: "testWebhook",
    tags: ["webhooks"],
    summary: "Send a test event",
    description: "An event `webhook.test` like any other; its delivery says what came of it.",
    requestParams: { path: webhookParams },
    responses: {
      201: json("Its delivery", delivery),
      ...problems(400, 404, 409, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const { webhook_id } = parseRequest(webhookParams, request.params, "invalid_webhook_id");
    const timestamp = new Date().toISOString();
    const event: WebhookEvent = { type: "webhook.test", timestamp, data: {} };
    const row = await inTransaction(deps.pool, async (client) => {
      await requireEnabled(client, webhook_id);
      return await insertDelivery(client, webhook_id, event);
    });
    response.status(201).json(toDelivery(row));
  },
};
