import type pg from "pg";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import { recordAnswer, recordGone, takeDelivery } from "@transpod/store/deliveries.ts";
import { pauseWebhook } from "@transpod/store/webhooks.ts";
import type { ControllerMetrics } from "../metrics.ts";
import { judgeAnswer } from "./judge-answer.ts";
import { timeoutSeconds, type Sender } from "./send.ts";

export interface DeliverDeps {
  pool: pg.Pool;
  sender: Sender;
  metrics: ControllerMetrics;
  log: Logger;
}

/** Long enough to send and to write down what came of it, so that nobody else sends meanwhile. */
const leaseSeconds = 3 * timeoutSeconds;

const statusAfter = { delivered: "delivered", postponed: "pending", given_up: "failed" } as const;

/**
 * Sends what is due longest for a webhook. Dying before the answer is written down sends it again,
 * with the same id. False when nothing is due.
 */
export async function deliverNext(deps: DeliverDeps, webhookId: string): Promise<boolean> {
  const { pool, sender, metrics, log } = deps;
  const taken = await takeDelivery(pool, webhookId, leaseSeconds);
  if (taken === undefined) return false;
  crashPoint("delivery_taken");
  const answer = await sender.send(taken);
  crashPoint("delivery_answered");
  const verdict = judgeAnswer(taken, answer, Math.random());
  const { result, pauseSeconds } = verdict;
  if (pauseSeconds > 0) await pauseWebhook(pool, webhookId, pauseSeconds);
  const written =
    result === "gone"
      ? await recordGone(pool, taken, answer)
      : await recordAnswer(pool, taken, { ...verdict, status: statusAfter[result] }, answer);
  // Somebody else has taken it since, or it was deleted with its webhook.
  if (!written) return true;
  metrics.deliveries.inc({ result });
  const { webhook_id, delivery_id, file_id } = taken;
  log[result === "given_up" || result === "gone" ? "warn" : "info"]({
    ...{ event: "webhook_delivery", result, webhook_id, delivery_id, file_id },
    ...{ type: taken.payload.type, tries: taken.tries + 1, ...answer },
  });
  return true;
}
