import { STATUS_CODES } from "node:http";
import type { z } from "zod";
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from "zod-openapi";
import { problem } from "@transpod/contract/public-api.ts";

/** Of the API, whichever Transpod serves it. */
export const apiVersion = "1.0.0";

/** A JSON answer, for the OpenAPI document. */
export function json(description: string, schema: z.ZodType): ZodOpenApiResponseObject {
  return { description, content: { "application/json": { schema } } };
}

type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 429 | 503;

/** The errors that an operation can answer with. */
export function problems(...statuses: ErrorStatus[]): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    statuses.map((status) => [
      `${status}`,
      {
        description: STATUS_CODES[status] ?? "",
        content: { "application/problem+json": { schema: problem } },
      },
    ]),
  );
}
