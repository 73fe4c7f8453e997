import type { Request } from "express";
import { HttpError } from "@transpod/runtime/problems.ts";

/** Throws an HttpError 415 for a body that is not JSON; curl -d sends a form. */
export function jsonBody(request: Request): unknown {
  if (request.is("json") === false && request.get("content-length") !== "0") {
    throw new HttpError(
      415,
      "unsupported_media_type",
      "Send the body as JSON, with the header Content-Type: application/json.",
    );
  }
  // Without a body it is empty: the answer then names the missing fields.
  return request.body === undefined ? {} : request.body;
}
