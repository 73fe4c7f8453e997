import { randomBytes, randomUUID } from "node:crypto";
import {
  maxWebhooks,
  webhookCreated,
  webhookRequest,
  type WebhookCreated,
} from "@transpod/contract/webhooks.ts";
import { HttpError, parseRequest } from "@transpod/runtime/problems.ts";
import { PrivateAddressError, refusePrivateHost } from "@transpod/runtime/public-address.ts";
import { insertWebhook } from "@transpod/store/webhooks.ts";
import { json, problems } from "../describe.ts";
import { toWebhook } from "../find-webhook.ts";
import { jsonBody } from "../json-body.ts";
import type { Route } from "../route.ts";

export const createWebhook: Route = {
  method: "post",
  path: "/webhooks",
  scope: "admin",
  operation: {
    operationId: "createWebhook",
    tags: ["webhooks"],
    summary: "Create a webhook, which sends events of files to a URL",
    description:
      "Events are signed as Standard Webhooks specifies and sent at least once, in order for each " +
      "file. An event that is not answered with 2xx within 10 seconds is sent again, for up to a day.",
    requestBody: { required: true, content: { "application/json": { schema: webhookRequest } } },
    responses: {
      201: json("The webhook, and the secret that verifies its signatures", webhookCreated),
      ...problems(400, 409, 413, 415, 422, 503),
    },
  },
  handle:
    ({ settings, log, runCommand }) =>
    async (request, response) => {
      const { url, events } = parseRequest(webhookRequest, jsonBody(request));
      if (!settings.webhookAllowPrivate) refusePrivate(url);
      // Standard Webhooks: 24 to 64 random bytes in base64.
      const secret = `whsec_${randomBytes(32).toString("base64")}`;
      const webhook = { webhook_id: randomUUID(), url, events: [...new Set(events)], secret };
      const { row } = await runCommand("create_webhook", request, null, async (db) => {
        const inserted = await insertWebhook(db, webhook, maxWebhooks);
        if (inserted === undefined) throw tooMany();
        return { done: true, row: inserted };
      });
      log.info({ event: "webhook_created", webhook_id: row.webhook_id });
      response.status(201).json({ ...toWebhook(row), secret } satisfies WebhookCreated);
    },
};

function tooMany(): HttpError {
  const detail = `There are ${maxWebhooks} webhooks already. Delete one that is not needed.`;
  return new HttpError(409, "too_many_webhooks", detail);
}

/** Other names are resolved only when an event is sent; a private address is refused then. */
const ownName = /(^|\.)localhost\.?$/;

function refusePrivate(given: string): void {
  const url = new URL(given);
  try {
    if (ownName.test(url.hostname)) throw new PrivateAddressError(url.hostname);
    refusePrivateHost(url);
  } catch (error) {
    if (!(error instanceof PrivateAddressError)) throw error;
    const advice = "Give a public URL, or ask the operator to set WEBHOOK_ALLOW_PRIVATE=on.";
    const message = `${error.message} ${advice}`;
    throw new HttpError(422, error.code, message, { errors: [{ path: "url", message }] });
  }
}
