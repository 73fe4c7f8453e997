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
    summary: "Whether the process lives, whatever it depends on",
    responses: { 200: json("It lives", z.object({ status: z.literal("ok") })) },
  },
  handle: () => healthRoute,
};
