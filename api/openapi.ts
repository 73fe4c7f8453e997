import { createDocument } from "zod-openapi";
import { fileEvent } from "@transpod/contract/public-api.ts";
import { problems } from "./describe.ts";
import type { Route } from "./route.ts";

/** The OpenAPI 3.1 document of some routes, made from the schemas that validate requests. */
export function describeApi(routes: readonly Route[]) {
  const paths: Record<string, Record<string, Route["operation"]>> = {};
  for (const route of routes) {
    (paths[openApiPath(route.path)] ??= {})[route.method] = describe(route);
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "Transpod",
      version: "1.0.0",
      description:
        "Transcodes video between H.264 and H.265. Announce a video with `POST /upload`, PUT it to " +
        "the URL that you get, ask for its status until it is `completed`, and download the result.",
      license: { name: "Apache 2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "files", description: "Upload, watch and download videos" },
      { name: "webhooks", description: "Send events of files to a URL" },
      { name: "operation", description: "For operators" },
    ],
    paths,
    // No operation refers to it: OpenAPI can't describe the events of a stream.
    components: {
      schemas: { FileEvent: fileEvent },
      securitySchemes: {
        api_key: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "transpod_<key id>_<secret>",
          description:
            "Create one with `transpod keys create NAME`. A key sees the files that it created; with the " +
            "scope admin, all files. An installation with AUTH=off needs no key.",
        },
      },
    },
  });
}

/** Adds the answers of the guards to an operation that has a scope. */
function describe({ scope, operation }: Route): Route["operation"] {
  if (scope === null) return operation;
  return {
    ...operation,
    security: [{ api_key: [scope] }],
    responses: { ...operation.responses, ...problems(401, 403, 429) },
  };
}

/** `/upload/:file_id` as `/upload/{file_id}` */
export function openApiPath(expressPath: string): string {
  return expressPath.replaceAll(/:(\w+)/g, "{$1}");
}
