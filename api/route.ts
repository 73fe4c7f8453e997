import type { RequestHandler } from "express";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import type { Scope } from "@transpod/contract/api-keys.ts";
import type { ApiDeps } from "./deps.ts";

/** One operation: its handler and its description, in one place so that they agree. */
export interface Route {
  method: "get" | "post" | "patch" | "delete";
  /** In the syntax of Express: `/upload/:file_id/status`. */
  path: string;
  /** The scope that an API key needs; null when no key is needed. */
  scope: Scope | null;
  operation: ZodOpenApiOperationObject & { operationId: string };
  handle(deps: ApiDeps): RequestHandler;
}
