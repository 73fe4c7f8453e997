import type { Registry } from "@prometheus-io/client";
import express, { type Express } from "express";
import { healthRoute, readinessRoute, type Check } from "@transpod/runtime/health.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import { metricsRoute } from "@transpod/runtime/metrics.ts";
import { notFound, problemHandler } from "@transpod/runtime/problems.ts";

export interface OperationsDeps {
  /** The checks of /readyz, by name. */
  checks: Readonly<Record<string, Check>>;
  registry: Registry;
  log: Logger;
}

/** The paths for Kubernetes and Prometheus. */
export function createOperationsApp({ checks, registry, log }: OperationsDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/healthz", healthRoute);
  app.get("/readyz", readinessRoute(checks));
  app.get("/metrics", metricsRoute(registry));
  app.use(notFound);
  app.use(problemHandler(log));
  return app;
}
