import type { RequestHandler } from "express";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import type { Scope } from "@transpod/contract/api-keys.ts";
import type { ApiDeps } from "./deps.ts";

/** One operation: what answers it and how it is described, in one place so that they agree. */
export interface Route {
  method: "get" | "post" | "patch" | "delete";
  /** As Express writes it: `/upload/:file_id/status`. */
  path: string;
  /** What an API key needs for it; null where it is open to everybody. */
  scope: Scope | null;
  operation: ZodOpenApiOperationObject & { operationId: string };
  handle(deps: ApiDeps): RequestHandler;
}
