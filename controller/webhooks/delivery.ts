import { maxWebhooks } from "@transpod/contract/webhooks.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { dueWebhooks } from "@transpod/store/webhooks.ts";
import type { ControllerSettings } from "../config.ts";
import { WorkQueue } from "../work-queue.ts";
import { deliverNext, type DeliverDeps } from "./deliver.ts";
import { createSender } from "./send.ts";

export interface DeliveryDeps extends Omit<DeliverDeps, "sender"> {
  settings: Pick<ControllerSettings, "webhookAllowPrivate">;
}

export interface Delivery extends Service {
  /** Starts to send all due deliveries. Resolves when they are queued. */
  look(): Promise<void>;
}

/** Parallel deliveries to one webhook. */
const deliveriesPerWebhook = 4;

/**
 * Sends deliveries until stopped. Webhooks are independent, so a receiver that doesn't answer delays
 * only its own deliveries. `stop` waits for deliveries in progress.
 */
export function startDelivery(baseDeps: DeliveryDeps): Delivery {
  const sender = createSender({ allowPrivate: baseDeps.settings.webhookAllowPrivate });
  const deps = { ...baseDeps, sender };
  const stopping = new AbortController();

  async function deliverAll(webhookId: string): Promise<void> {
    while (!stopping.signal.aborted && (await deliverNext(deps, webhookId)));
  }
  const queues = Array.from(
    { length: deliveriesPerWebhook },
    () =>
      new WorkQueue({
        handle: deliverAll,
        concurrency: maxWebhooks,
        onError: (webhook_id, err) =>
          baseDeps.log.error({ event: "webhook_delivery_failed", webhook_id, err }),
      }),
  );

  return {
    async look() {
      const due = await dueWebhooks(baseDeps.pool);
      for (const queue of queues) due.forEach((webhookId) => queue.add(webhookId));
    },
    async stop() {
      stopping.abort();
      await Promise.all(queues.map((queue) => queue.close()));
      await sender.close();
    },
  };
}
