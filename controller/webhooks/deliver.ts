import type pg from "pg";
import type { Logger } from "@transpod/runtime/logger.ts";
import {
  disableWebhook,
  endDelivery,
  postponeDelivery,
  takeDelivery,
  type Answer,
  type TakenDelivery,
} from "@transpod/store/deliveries.ts";
import type { ControllerMetrics } from "../metrics.ts";
import { judgeAnswer, type Verdict } from "./judge-answer.ts";
import { timeoutSeconds, type Sender } from "./send.ts";

export interface DeliverDeps {
  pool: pg.Pool;
  sender: Sender;
  metrics: ControllerMetrics;
  log: Logger;
}

/** Long enough to send and to write down what came of it, so that nobody else sends meanwhile. */
const leaseSeconds = 3 * timeoutSeconds;

/**
 * Sends what is due longest for a webhook. Dying before the answer is written down sends it again,
 * with the same id. False when nothing is due.
 */
export async function deliverNext(deps: DeliverDeps, webhookId: string): Promise<boolean> {
  const { pool, sender, metrics, log } = deps;
  const taken = await takeDelivery(pool, webhookId, leaseSeconds);
  if (taken === undefined) return false;
  const answer = await sender.send(taken);
  const verdict = judgeAnswer(taken, answer, Math.random());
  const { result } = verdict;
  if (!(await writeDown(pool, taken, answer, verdict))) return true;
  metrics.deliveries.inc({ result });
  const { webhook_id, delivery_id, file_id } = taken;
  log[result === "given_up" || result === "gone" ? "warn" : "info"]({
    ...{ event: "webhook_delivery", result, webhook_id, delivery_id, file_id },
    ...{ type: taken.payload.type, tries: taken.tries + 1, ...answer },
  });
  return true;
}

/** False when somebody else has taken the delivery since, or it was deleted with its webhook. */
async function writeDown(
  pool: pg.Pool,
  taken: TakenDelivery,
  answer: Answer,
  verdict: Verdict,
): Promise<boolean> {
  switch (verdict.result) {
    case "delivered":
      return await endDelivery(pool, taken, "delivered", answer);
    case "given_up":
      return await endDelivery(pool, taken, "failed", answer);
    case "gone":
      return await disableWebhook(pool, taken, answer);
    case "postponed":
      return await postponeDelivery(pool, taken, verdict.delaySeconds, answer);
  }
}
