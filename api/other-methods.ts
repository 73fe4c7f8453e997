import type { RequestHandler } from "express";
import { HttpError } from "@transpod/runtime/problems.ts";

/** Answers all methods of a known path that have no operation. */
export function otherMethods(methods: readonly string[]): RequestHandler {
  const heads = methods.includes("GET") ? ["HEAD"] : [];
  const allow = [...methods, ...heads, "OPTIONS"].join(", ");
  return (request, response) => {
    if (request.method === "OPTIONS") {
      response.set("Allow", allow).status(204).end();
      return;
    }
    throw new HttpError(
      405,
      "method_not_allowed",
      `${request.method} is not allowed here. Allowed methods: ${allow}.`,
      { headers: { Allow: allow } },
    );
  };
}
