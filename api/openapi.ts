import { createDocument, type ZodOpenApiObject } from "zod-openapi";
import { fileEvent } from "@transpod/contract/events-api.ts";
import { sizeBytes } from "@transpod/contract/public-api.ts";
import type { ApiSettings } from "./config.ts";
import { sessionCookie } from "./access/session-cookie.ts";
import { apiVersion, problems } from "./describe.ts";
import type { Route } from "./route.ts";

/** The settings on which a server's document depends. */
export type DescribedServer = Pick<ApiSettings, "auth" | "rateLimitPerMinute" | "maxUploadBytes">;

const apiKey = {
  type: "http",
  scheme: "bearer",
  bearerFormat: "transpod_<key id>_<secret>",
  description:
    "Create one with `transpod keys create NAME`. A key sees the files that it created; with the " +
    "scope admin, all files.",
} as const;

const sessionScheme = {
  type: "apiKey",
  in: "cookie",
  name: sessionCookie,
  description: "For this Transpod's own page: `POST /session` exchanges a key for it.",
} as const;

/**
 * The OpenAPI 3.1 document of some routes as one server serves them, made from the schemas that validate
 * requests.
 */
export function describeApi(routes: readonly Route[], server: DescribedServer) {
  const paths: Record<string, Record<string, Route["operation"]>> = {};
  for (const route of routes) {
    (paths[openApiPath(route.path)] ??= {})[route.method] = describe(route, server);
  }
  const document: ZodOpenApiObject = {
    openapi: "3.1.1",
    info: {
      title: "Transpod",
      version: apiVersion,
      description:
        "Transcodes video between H.264 and H.265. Announce a video with `POST /upload`, PUT it to " +
        "the URL that you get, ask for its status until it is `completed`, and download the result.",
      license: { name: "Apache 2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "files", description: "Upload, watch and download videos" },
      { name: "webhooks", description: "Send events of files to a URL" },
      { name: "session", description: "Sign in with a browser" },
      { name: "operation", description: "For operators" },
    ],
    paths,
    components: {
      schemas: { FileEvent: fileEvent },
      ...(server.auth ? { securitySchemes: { api_key: apiKey, session: sessionScheme } } : {}),
    },
  };
  return createDocument(document, {
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === sizeBytes) jsonSchema.maximum = server.maxUploadBytes;
    },
  });
}

/** Adds the answers of the guards to an operation that has a scope. */
function describe({ scope, operation }: Route, server: DescribedServer): Route["operation"] {
  if (scope === null) return operation;
  // Requests without a valid key are limited whatever the setting.
  const limited = server.auth || server.rateLimitPerMinute > 0;
  return {
    ...operation,
    ...(server.auth ? { security: [{ api_key: [scope] }, { session: [scope] }] } : {}),
    responses: {
      ...operation.responses,
      ...(server.auth ? problems(401, 403) : {}),
      ...(limited ? problems(429) : {}),
    },
  };
}

/** `/upload/:file_id` as `/upload/{file_id}` */
export function openApiPath(expressPath: string): string {
  return expressPath.replaceAll(/:(\w+)/g, "{$1}");
}
