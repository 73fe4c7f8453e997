import { z } from "zod";
import { metricsRoute } from "@transpod/runtime/metrics.ts";
import type { Route } from "../route.ts";

export const metrics: Route = {
  method: "get",
  path: "/metrics",
  scope: null,
  operation: {
    operationId: "metrics",
    tags: ["operation"],
    summary: "Metrics for Prometheus",
    responses: {
      200: {
        description: "The Prometheus text format",
        content: { "text/plain": { schema: z.string() } },
      },
    },
  },
  handle: ({ registry }) => metricsRoute(registry),
};
