import { hashSecret } from "@transpod/contract/api-keys.ts";
import { deleteSession as deleteSessionRow } from "@transpod/store/sessions.ts";
import { clearCookie, refuseCrossSite, tokenIn } from "../access/session-cookie.ts";
import { problems } from "../describe.ts";
import type { Route } from "../route.ts";

export const deleteSession: Route = {
  method: "delete",
  path: "/session",
  scope: null,
  operation: {
    operationId: "deleteSession",
    tags: ["session"],
    summary: "Sign out",
    responses: {
      204: { description: "The session has ended, or there was none" },
      ...problems(403, 503),
    },
  },
  handle:
    ({ pool }) =>
    async (request, response) => {
      const token = tokenIn(request);
      if (token !== undefined) {
        refuseCrossSite(request);
        await deleteSessionRow(pool, hashSecret(token));
      }
      clearCookie(request, response);
      response.status(204).end();
    },
};
