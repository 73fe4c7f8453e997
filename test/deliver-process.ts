import { createRegistry } from "@transpod/runtime/metrics.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createMetrics } from "@transpod/controller/metrics.ts";
import { startDelivery } from "@transpod/controller/webhooks/delivery.ts";
import { createPool } from "@transpod/store/database.ts";

/** Sends what is due to webhooks, as the controller does, as a process that a test can kill. */
const url = process.env["DATABASE_URL"] ?? "";
const pool = createPool({ url, applicationName: "test-deliver" }, () => {});
const delivery = startDelivery({
  pool,
  settings: { webhookAllowPrivate: true },
  metrics: createMetrics(createRegistry(), pool),
  log: createLogger({ service: "test", level: "silent" }),
});
await delivery.look();
