import { timingSafeEqual } from "node:crypto";
import { hashSecret, parseApiKey } from "@transpod/contract/api-keys.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { getApiKey } from "@transpod/store/api-keys.ts";
import type { Database } from "@transpod/store/database.ts";
import type { Caller } from "./access.ts";

/** The key in an Authorization header; undefined when there is none, or it can't be a key. */
export function keyIn(authorization: string | undefined) {
  return parseApiKey(/^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "");
}

/**
 * Finds the key in an Authorization header. Throws an HttpError 401. A key is found by its id, which is
 * not secret. The secret is compared by its hash and in constant time, so that timing does not reveal
 * it.
 */
export async function authenticate(
  db: Database,
  authorization: string | undefined,
): Promise<Caller> {
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
  if (key.revoked_at !== null) {
    throw unauthorized(
      "api_key_revoked",
      "This API key was revoked. Ask the operator of this Transpod for a new one.",
      "invalid_token",
    );
  }
  return { keyId: key.key_id, scopes: key.scopes };
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-3: no `error` when no key was sent. */
function unauthorized(code: string, detail: string, error?: string): HttpError {
  const challenge = `Bearer realm="transpod"${error === undefined ? "" : `, error="${error}"`}`;
  return new HttpError(401, code, detail, { headers: { "WWW-Authenticate": challenge } });
}
