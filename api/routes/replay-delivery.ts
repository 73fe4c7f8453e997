import { delivery, deliveryParams } from "@transpod/contract/webhooks.ts";
import { HttpError, parseRequest } from "@transpod/runtime/problems.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { replayDelivery as replay } from "@transpod/store/deliveries.ts";
import { json, problems } from "../describe.ts";
import { requireEnabled, toDelivery } from "../find-webhook.ts";
import type { Route } from "../route.ts";

export const replayDelivery: Route = {
  method: "post",
  path: "/webhooks/:webhook_id/deliveries/:delivery_id/replay",
  scope: "admin",
  operation: {
    operationId: "replayDelivery",
    tags: ["webhooks"],
    summary: "Send an event again",
    description:
      "With the same `webhook-id`, and with up to a day of tries again. A delivery that still waits " +
      "is sent at once, or when the pause that the receiver asked for has ended. Later events of the " +
      "file wait until this one has ended.",
    requestParams: { path: deliveryParams },
    responses: { 200: json("The delivery", delivery), ...problems(400, 404, 409, 422, 503) },
  },
  handle: (deps) => async (request, response) => {
    const ids = parseRequest(deliveryParams, request.params, "invalid_delivery_id");
    const { webhook_id, delivery_id } = ids;
    const row = await inTransaction(deps.pool, async (client) => {
      await requireEnabled(client, webhook_id);
      return await replay(client, webhook_id, delivery_id);
    });
    if (row === undefined) {
      const detail = `Delivery with ID ${delivery_id} not found. Deliveries are kept for 30 days by default.`;
      throw new HttpError(404, "delivery_not_found", detail);
    }
    deps.log.info({ event: "delivery_replayed", webhook_id, delivery_id });
    response.json(toDelivery(row));
  },
};
