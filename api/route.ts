import type { RequestHandler } from "express";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import type { ApiDeps } from "./deps.ts";

/** One operation: what answers it and how it is described, in one place so that they agree. */
export interface Route {
  method: "get" | "post" | "patch" | "delete";
  /** As Express writes it: `/upload/:file_id/status`. */
  path: string;
  operation: ZodOpenApiOperationObject;
  handle(deps: ApiDeps): RequestHandler;
}
