import { findRevokedKeys } from "@transpod/store/api-keys.ts";
import type { Database } from "@transpod/store/database.ts";
import { findLiveSessions } from "@transpod/store/sessions.ts";

/** By what someone may watch. */
export interface Pass {
  /** null when the API asks for no key. */
  keyId: string | null;
  /** The hash of the session's token in hexadecimal; null without a session. */
  session: string | null;
}

/** Resolves with whether a pass is no longer valid: its key is revoked or its session has ended. */
export async function findEnded(
  db: Database,
  passes: readonly Pass[],
): Promise<(pass: Pass) => boolean> {
  const keyIds = new Set(passes.flatMap(({ keyId }) => keyId ?? []));
  const sessions = new Set(passes.flatMap(({ session }) => session ?? []));
  const none: readonly string[] = [];
  const [revoked, live] = await Promise.all([
    keyIds.size === 0 ? none : findRevokedKeys(db, [...keyIds]),
    sessions.size === 0 ? none : findLiveSessions(db, [...sessions]),
  ]);
  return ({ keyId, session }) =>
    (keyId !== null && revoked.includes(keyId)) ||
    // One that came after the question was not asked about.
    (session !== null && sessions.has(session) && !live.includes(session));
}
