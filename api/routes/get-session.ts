import { session, type Session } from "@transpod/contract/session-api.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { authenticate, toSession } from "../access/authenticate.ts";
import { setCookie } from "../access/session-cookie.ts";
import { json, problems } from "../describe.ts";
import type { Route } from "../route.ts";

export const getSession: Route = {
  method: "get",
  path: "/session",
  scope: null,
  operation: {
    operationId: "getSession",
    tags: ["session"],
    summary: "Get what the request may do",
    description: "Never 401: without a valid key or session, `key` is null.",
    responses: { 200: json("The session", session), ...problems(503) },
  },
  handle:
    ({ pool, settings }) =>
    async (request, response) => {
      response.set("Cache-Control", "no-store");
      if (!settings.auth) return void response.json(toSession(null, settings) satisfies Session);
      const found = await authenticate(pool, request).catch((error: unknown) => {
        if (error instanceof HttpError) return null;
        throw error;
      });
      // The browser keeps the cookie as long as the session may last from now on.
      if (found?.token !== undefined) setCookie(request, response, found.token);
      response.json(toSession(found?.key ?? null, settings) satisfies Session);
    },
};
