import type { Request } from "express";
import { HttpError } from "@transpod/runtime/problems.ts";

/** Throws an HttpError 415 for a body that is something else than JSON; curl -d sends a form. */
export function jsonBody(request: Request): unknown {
  if (request.is("json") === false && request.get("content-length") !== "0") {
    throw new HttpError(
      415,
      "unsupported_media_type",
      "Send the body as JSON, with the header Content-Type: application/json.",
    );
  }
  // Absent is the same as empty: the answer names the field that is missing.
  return request.body ?? {};
}
