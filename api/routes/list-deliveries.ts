import {
  deliveryCursor,
  deliveryList,
  deliveryQuery,
  webhookParams,
  type DeliveryList,
} from "@transpod/contract/webhooks.ts";
import { parseRequest } from "@transpod/runtime/problems.ts";
import { listDeliveries as list } from "@transpod/store/deliveries.ts";
import { json, problems } from "../describe.ts";
import { findWebhook, toDelivery } from "../find-webhook.ts";
import { invalidCursor } from "../list-cursor.ts";
import type { Route } from "../route.ts";

export const listDeliveries: Route = {
  method: "get",
  path: "/webhooks/:webhook_id/deliveries",
  scope: "admin",
  operation: {
    operationId: "listDeliveries",
    tags: ["webhooks"],
    summary: "List the deliveries of a webhook, newest first",
    description:
      "Deliveries are kept for some time after their end, 30 days unless the operator chose another.",
    requestParams: { path: webhookParams, query: deliveryQuery },
    responses: {
      200: json("One page of deliveries", deliveryList),
      ...problems(400, 404, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const { webhook_id } = parseRequest(webhookParams, request.params, "invalid_webhook_id");
    const { status, limit, cursor } = parseRequest(deliveryQuery, request.query);
    const before = cursor === undefined ? undefined : sequenceIn(cursor);
    await findWebhook(deps.pool, webhook_id);
    const rows = await list(deps.pool, webhook_id, { status, before, limit });
    const page = rows.slice(0, limit);
    response.json({
      deliveries: page.map(toDelivery),
      next_cursor: rows.length > limit ? String(page.at(-1)?.sequence) : null,
    } satisfies DeliveryList);
  },
};

/** Throws an HttpError 422 when it is not a sequence number. */
function sequenceIn(cursor: string): number {
  if (!deliveryCursor.test(cursor)) throw invalidCursor();
  return Number(cursor);
}
