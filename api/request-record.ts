import { randomUUID } from "node:crypto";
import { Histogram, type Registry } from "@prometheus-io/client";
import type { Request, RequestHandler } from "express";
import type { Logger } from "@transpod/runtime/logger.ts";
import { findAccess } from "./access/access.ts";

const usableId = /^[\w.:-]{1,128}$/;
/** Requested every few seconds by machines, so logged with level debug only. */
const quietRoutes = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * Logs and measures every request after its answer. Metrics and log have the route's template in place
 * of the path, and neither query nor body: a request can't add secrets or new metric series.
 */
export function recordRequests(log: Logger, registry: Registry): RequestHandler {
  const duration = new Histogram({
    name: "transpod_api_request_duration_seconds",
    help: "Seconds from a request's arrival to the end of its answer.",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });

  return (request, response, next) => {
    const started = performance.now();
    const requestId = requestIdOf(request);
    response.set("X-Request-Id", requestId);
    response.once("close", () => {
      const ms = performance.now() - started;
      const { method } = request;
      const route = templateOf(request);
      const status = response.statusCode;
      duration.observe({ method, route, status: String(status) }, ms / 1_000);
      log[quietRoutes.has(route) ? "debug" : "info"]({
        event: "request",
        method,
        route,
        status,
        ms: Math.round(ms * 10) / 10,
        request_id: requestId,
        client: request.ip,
        key_id: findAccess(request)?.keyId ?? undefined,
        // The client left before the answer was complete.
        ...(response.writableFinished ? {} : { aborted: true }),
      });
    });
    next();
  };
}

/** A proxy's id is kept, so that its log and ours can be correlated. */
function requestIdOf(request: Request): string {
  const incoming = request.get("x-request-id");
  return incoming !== undefined && usableId.test(incoming) ? incoming : randomUUID();
}

function templateOf(request: Request): string {
  const route = request.route as { path: string } | undefined;
  return route?.path ?? "unmatched";
}
