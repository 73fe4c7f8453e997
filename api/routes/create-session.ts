import { hashSecret } from "@transpod/contract/api-keys.ts";
import { sessionRequest, session, type Session } from "@transpod/contract/session-api.ts";
import { HttpError, parseRequest } from "@transpod/runtime/problems.ts";
import { insertSession } from "@transpod/store/sessions.ts";
import { findKey, toSession } from "../access/authenticate.ts";
import { refuseKeys } from "../access/refuse-key.ts";
import { newToken, refuseCrossSite, setCookie } from "../access/session-cookie.ts";
import { json, problems } from "../describe.ts";
import { jsonBody } from "../json-body.ts";
import type { Route } from "../route.ts";

const operationId = "createSession";

export const createSession: Route = {
  method: "post",
  path: "/session",
  scope: null,
  operation: {
    operationId,
    tags: ["session"],
    summary: "Sign in: exchange an API key for a cookie",
    description:
      "For browsers. The cookie is accepted in place of the key, but for requests of this Transpod's own page only. " +
      "The session ends a week after its last use, with its key, and with `DELETE /session`.",
    requestBody: { required: true, content: { "application/json": { schema: sessionRequest } } },
    responses: {
      200: json("The session; its cookie is in Set-Cookie", session),
      ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
    },
  },
  handle: (deps) => {
    const refuseKey = refuseKeys(deps);
    return async (request, response) => {
      refuseCrossSite(request);
      if (!deps.settings.auth) throw authIsOff();
      const { api_key } = parseRequest(sessionRequest, jsonBody(request));
      const authorization = `Bearer ${api_key}`;
      const key = await findKey(deps.pool, authorization).catch((error: unknown) =>
        refuseKey({ request, response }, { action: operationId, authorization }, error),
      );
      const token = newToken();
      await insertSession(deps.pool, { token_hash: hashSecret(token), api_key_id: key.key_id });
      setCookie(request, response, token);
      response.json(toSession(key, deps.settings) satisfies Session);
    };
  },
};

function authIsOff(): HttpError {
  return new HttpError(409, "auth_off", "This Transpod needs no API key, so there is no session.");
}
