import { timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import { hashSecret, parseApiKey } from "@transpod/contract/api-keys.ts";
import type { Session } from "@transpod/contract/session-api.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { getApiKey, type ApiKeyRow } from "@transpod/store/api-keys.ts";
import type { Database } from "@transpod/store/database.ts";
import { useSession } from "@transpod/store/sessions.ts";
import type { ApiSettings } from "../config.ts";
import { refuseCrossSite, tokenIn } from "./session-cookie.ts";

/** The key in an Authorization header; undefined when there is none, or it can't be a key. */
export function keyIn(authorization: string | undefined) {
  return parseApiKey(/^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "");
}

/** An API key that is valid. */
export type ValidKey = Pick<ApiKeyRow, "key_id" | "name" | "scopes">;

export interface Authenticated {
  key: ValidKey;
  /** Of the session that it was found by; undefined when the request sent the key itself. */
  token: string | undefined;
}

/** By the Authorization header, else by the cookie of a session. Throws an HttpError 401, or 403 for another site's request. */
export async function authenticate(db: Database, request: Request): Promise<Authenticated> {
  const authorization = request.get("authorization");
  const token = authorization === undefined ? tokenIn(request) : undefined;
  const key = await (token === undefined
    ? findKey(db, authorization)
    : findSessionKey(db, request, token));
  return { key, token };
}

async function findSessionKey(db: Database, request: Request, token: string): Promise<ValidKey> {
  refuseCrossSite(request);
  const key = await useSession(db, hashSecret(token));
  if (key === undefined) {
    throw unauthorized("session_expired", "This session has ended. Sign in again with an API key.");
  }
  return notRevoked(key);
}

/**
 * Finds the key in an Authorization header. Throws an HttpError 401. A key is found by its id, which is
 * not secret. The secret is compared by its hash and in constant time, so that timing does not reveal
 * it.
 */
export async function findKey(db: Database, authorization: string | undefined): Promise<ValidKey> {
  if (authorization === undefined) {
    throw unauthorized(
      "api_key_missing",
      'Send an API key in the header "Authorization: Bearer transpod_...". ' +
        "The operator of this Transpod creates one with: transpod keys create NAME.",
    );
  }
  const presented = keyIn(authorization);
  const key = presented && (await getApiKey(db, presented.keyId));
  if (key === undefined || !timingSafeEqual(key.secret_hash, hashSecret(presented?.secret ?? ""))) {
    throw unauthorized(
      "api_key_unknown",
      "This API key is not valid for this Transpod. Check that the whole key was sent in the header " +
        '"Authorization: Bearer transpod_...".',
      "invalid_token",
    );
  }
  return notRevoked(key);
}

function notRevoked(key: ApiKeyRow): ValidKey {
  if (key.revoked_at !== null) {
    throw unauthorized(
      "api_key_revoked",
      "This API key was revoked. Ask the operator of this Transpod for a new one.",
      "invalid_token",
    );
  }
  return key;
}

/** What a browser is told about its session. */
export function toSession(
  key: ValidKey | null,
  { auth, maxUploadBytes }: Pick<ApiSettings, "auth" | "maxUploadBytes">,
): Session {
  return {
    auth: auth ? "on" : "off",
    key: key && { id: key.key_id, name: key.name, scopes: key.scopes },
    max_upload_bytes: maxUploadBytes,
  };
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-3: no `error` when no key was sent. */
function unauthorized(code: string, detail: string, error?: string): HttpError {
  const challenge = `Bearer realm="transpod"${error === undefined ? "" : `, error="${error}"`}`;
  return new HttpError(401, code, detail, { headers: { "WWW-Authenticate": challenge } });
}
