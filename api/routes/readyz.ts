import { z } from "zod";
import { readinessRoute } from "@transpod/runtime/health.ts";
import { json } from "../describe.ts";
import type { Route } from "../route.ts";

const readiness = z
  .object({
    ready: z.boolean(),
    checks: z.record(z.string(), z.enum(["ok", "failed"])),
  })
  .meta({ id: "Readiness" });

export const readyz: Route = {
  method: "get",
  path: "/readyz",
  scope: null,
  operation: {
    operationId: "readyz",
    tags: ["operation"],
    summary: "Whether Postgres, S3 and SQS can be reached",
    responses: {
      200: json("All can be reached", readiness),
      503: json("At least one can't be reached", readiness),
    },
  },
  handle: ({ checks }) => readinessRoute(checks),
};
