import { z } from "zod";
import { healthRoute } from "@transpod/runtime/health.ts";
import { json } from "../describe.ts";
import type { Route } from "../route.ts";

export const healthz: Route = {
  method: "get",
  path: "/healthz",
  scope: null,
  operation: {
    operationId: "healthz",
    tags: ["operation"],
    summary: "Whether the process runs, whatever the state of Postgres, S3 and SQS",
    responses: { 200: json("It runs", z.object({ status: z.literal("ok") })) },
  },
  handle: () => healthRoute,
};
