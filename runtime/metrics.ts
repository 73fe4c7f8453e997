import { collectDefaultMetrics, Registry } from "@prometheus-io/client";
import type { RequestHandler } from "express";

export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** `GET /metrics` in the Prometheus text format. */
export function metricsRoute(registry: Registry): RequestHandler {
  return async (_request, response) => {
    response.set("Content-Type", registry.contentType).send(await registry.metrics());
  };
}
