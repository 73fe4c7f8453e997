import { webhook, webhookParams, webhookUpdate } from "@transpod/contract/webhooks.ts";
import { parseRequest } from "@transpod/runtime/problems.ts";
import { disableWebhook, enableWebhook } from "@transpod/store/webhooks.ts";
import { json, problems } from "../describe.ts";
import { findWebhook, toWebhook } from "../find-webhook.ts";
import { jsonBody } from "../json-body.ts";
import type { Route } from "../route.ts";

export const updateWebhook: Route = {
  method: "patch",
  path: "/webhooks/:webhook_id",
  scope: "admin",
  operation: {
    operationId: "updateWebhook",
    tags: ["webhooks"],
    summary: "Enable or disable a webhook",
    description:
      "Enabling sends events from the next one on; it also ends a pause that the receiver asked for. " +
      "Disabling ends waiting deliveries as `failed`. Events that happen while the webhook is disabled are " +
      "stored as `failed` too. Enabling does not send them: replay those that you need. Repeating the " +
      "request changes nothing.",
    requestParams: { path: webhookParams },
    requestBody: { required: true, content: { "application/json": { schema: webhookUpdate } } },
    responses: {
      200: json("The webhook", webhook),
      ...problems(400, 404, 413, 415, 422, 503),
    },
  },
  handle:
    ({ log, runCommand }) =>
    async (request, response) => {
      const { webhook_id } = parseRequest(webhookParams, request.params, "invalid_webhook_id");
      const { enabled } = parseRequest(webhookUpdate, jsonBody(request));
      const command = enabled ? "enable_webhook" : "disable_webhook";
      const { done, row } = await runCommand(command, request, null, async (db) => ({
        done: enabled
          ? await enableWebhook(db, webhook_id)
          : await disableWebhook(db, webhook_id, "The webhook was disabled."),
        row: await findWebhook(db, webhook_id),
      }));
      if (done) log.info({ event: enabled ? "webhook_enabled" : "webhook_disabled", webhook_id });
      response.json(toWebhook(row));
    },
};
