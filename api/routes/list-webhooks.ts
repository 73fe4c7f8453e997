import { webhookList, type WebhookList } from "@transpod/contract/webhooks.ts";
import { listWebhooks as list } from "@transpod/store/webhooks.ts";
import { json, problems } from "../describe.ts";
import { toWebhook } from "../find-webhook.ts";
import type { Route } from "../route.ts";

export const listWebhooks: Route = {
  method: "get",
  path: "/webhooks",
  scope: "admin",
  operation: {
    operationId: "listWebhooks",
    tags: ["webhooks"],
    summary: "List webhooks, oldest first",
    responses: { 200: json("All webhooks", webhookList), ...problems(503) },
  },
  handle:
    ({ pool }) =>
    async (_request, response) => {
      const rows = await list(pool);
      response.json({ webhooks: rows.map(toWebhook) } satisfies WebhookList);
    },
};
