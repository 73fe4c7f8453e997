import type { Request, RequestHandler } from "express";
import { hashSecret, type Scope } from "@transpod/contract/api-keys.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { createdFile } from "@transpod/store/api-keys.ts";
import type { AppDeps } from "../deps.ts";
import { fileIdIn, fileNotFound } from "../find-file.ts";
import type { Route } from "../route.ts";
import { accessOf, anonymousCaller, isAllowed, ownFilesOnly, setAccess } from "./access.ts";
import { auditEntry, fileIdInPath, recordRefusal } from "./audit.ts";
import { authenticate } from "./authenticate.ts";
import { limitRequests } from "./limits.ts";
import { refuseKeys } from "./refuse-key.ts";

/**
 * The handlers before an operation that has a scope: authentication, rate limit, authorization. A
 * refusal is written into the audit log, except 429: the rate limit keeps the log from being flooded.
 */
export function createGuards(deps: AppDeps): (route: Route) => RequestHandler[] {
  const { auth, rateLimitPerMinute } = deps.settings;
  const identify = auth ? identifyByKey(deps) : identifyAnonymous;
  const limited = limitRequests(rateLimitPerMinute);
  return ({ scope, operation: { operationId: action } }) =>
    scope === null ? [] : [identify(action), limited, authorize(deps, scope)];
}

const identifyAnonymous =
  (action: string): RequestHandler =>
  (request, _response, next) => {
    setAccess(request, { ...anonymousCaller, action });
    next();
  };

function identifyByKey(deps: AppDeps): (action: string) => RequestHandler {
  const refuseKey = refuseKeys(deps);
  return (action) => async (request, response, next) => {
    const authorization = request.get("authorization");
    const { key, token } = await authenticate(deps.pool, request).catch((error: unknown) =>
      refuseKey({ request, response }, { action, authorization }, error),
    );
    const session = token === undefined ? null : hashSecret(token).toString("hex");
    setAccess(request, { keyId: key.key_id, session, scopes: key.scopes, action });
    next();
  };
}

function authorize(deps: AppDeps, scope: Scope): RequestHandler {
  return async (request, _response, next) => {
    const refusal = await refuse(deps, request, scope);
    if (refusal !== undefined) {
      const entry = auditEntry(request, accessOf(request), fileIdInPath(request));
      await recordRefusal(deps, entry, refusal);
      throw refusal;
    }
    next();
  };
}

/** Another key's file gets the same answer as one that does not exist. */
async function refuse(
  { pool }: AppDeps,
  request: Request,
  scope: Scope,
): Promise<HttpError | undefined> {
  const access = accessOf(request);
  if (!isAllowed(access, scope)) return forbidden(scope);
  const owner = ownFilesOnly(access);
  if (owner === null || !("file_id" in request.params)) return undefined;
  const fileId = fileIdIn(request);
  return (await createdFile(pool, owner, fileId)) ? undefined : fileNotFound(fileId);
}

function forbidden(scope: Scope): HttpError {
  return new HttpError(
    403,
    "scope_missing",
    `This API key lacks the scope ${scope}. Use a key that has it; the operator of this Transpod ` +
      `creates one with: transpod keys create NAME --scope ${scope}.`,
    // https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    { headers: { "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${scope}"` } },
  );
}
