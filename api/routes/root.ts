import { z } from "zod";
import { apiVersion, json } from "../describe.ts";
import type { Route } from "../route.ts";

const links = {
  docs: "/docs",
  redoc: "/redoc",
  openapi: "/openapi.json",
  upload: "/upload",
  webhooks: "/webhooks",
  healthz: "/healthz",
  readyz: "/readyz",
  metrics: "/metrics",
};

const directory = z
  .object({
    name: z.literal("Transpod"),
    version: z.string().meta({ description: "of the API, as in its OpenAPI document" }),
    links: z.record(z.string(), z.string()).meta({ description: "Paths on this server." }),
  })
  .meta({ id: "Directory" });

export const root: Route = {
  method: "get",
  path: "/",
  scope: null,
  operation: {
    operationId: "root",
    tags: ["operation"],
    summary: "List the paths; redirects browsers to the documentation",
    responses: {
      200: json("For a program", directory),
      303: {
        description: "For a browser, which prefers text/html",
        headers: z.object({ Location: z.literal(links.docs) }),
      },
    },
  },
  handle: () => (request, response) => {
    response.vary("Accept");
    // The first type is for clients that accept any.
    if (request.accepts("json", "html") === "html") response.status(303).location(links.docs).end();
    else response.json({ name: "Transpod", version: apiVersion, links });
  },
};
