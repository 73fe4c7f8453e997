import { webhookParams } from "@transpod/contract/webhooks.ts";
import { parseRequest } from "@transpod/runtime/problems.ts";
import { deleteWebhook as remove } from "@transpod/store/webhooks.ts";
import { problems } from "../describe.ts";
import { webhookNotFound } from "../find-webhook.ts";
import type { Route } from "../route.ts";

export const deleteWebhook: Route = {
  method: "delete",
  path: "/webhooks/:webhook_id",
  scope: "admin",
  operation: {
    operationId: "deleteWebhook",
    tags: ["webhooks"],
    summary: "Delete a webhook with all its deliveries",
    description:
      "A delivery that is being sent at that moment may still arrive. Nothing is sent after it.",
    requestParams: { path: webhookParams },
    responses: { 204: { description: "It is deleted" }, ...problems(400, 404, 422, 503) },
  },
  handle:
    ({ log, runCommand }) =>
    async (request, response) => {
      const { webhook_id } = parseRequest(webhookParams, request.params, "invalid_webhook_id");
      await runCommand("delete_webhook", request, null, async (db) => {
        if (!(await remove(db, webhook_id))) throw webhookNotFound(webhook_id);
        return { done: true };
      });
      log.info({ event: "webhook_deleted", webhook_id });
      response.status(204).end();
    },
};
