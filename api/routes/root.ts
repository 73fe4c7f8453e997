import { z } from "zod";
import { apiVersion } from "../describe.ts";
import { prefersHtml } from "../page/page.ts";
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
    summary: "List the paths; browsers get the page",
    responses: {
      200: {
        description: "For a program; a browser, which prefers text/html, gets the page",
        content: { "application/json": { schema: directory }, "text/html": { schema: z.string() } },
      },
      303: {
        description: "For a browser, when the page is turned off",
        headers: z.object({ Location: z.literal(links.docs) }),
      },
    },
  },
  handle: () => (request, response) => {
    response.vary("Accept");
    if (prefersHtml(request)) response.status(303).location(links.docs).end();
    else response.json({ name: "Transpod", version: apiVersion, links });
  },
};
