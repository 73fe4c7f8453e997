import type { ApiKeyRow } from "./api-keys.ts";
import type { Database } from "./database.ts";

/** How long a session lasts after its last use. */
export const sessionDays = 7;
const lifetime = `interval '${sessionDays} days'`;

export async function insertSession(
  db: Database,
  session: { token_hash: Buffer; api_key_id: string },
): Promise<void> {
  await db.query(
    `insert into sessions (token_hash, api_key_id, expires_at) values ($1, $2, now() + ${lifetime})`,
    [session.token_hash, session.api_key_id],
  );
}

/**
 * The key of a session that has not expired; the key may be revoked. The session lasts longer from now on, which is
 * written once an hour at most.
 */
export async function useSession(db: Database, tokenHash: Buffer): Promise<ApiKeyRow | undefined> {
  const { rows } = await db.query<ApiKeyRow>(
    `with extended as (
       update sessions set expires_at = now() + ${lifetime}
       where token_hash = $1 and expires_at > now()
         and expires_at < now() + ${lifetime} - interval '1 hour'
     )
     select key_id, name, scopes, k.created_at, revoked_at
     from sessions join api_keys k on key_id = api_key_id
     where token_hash = $1 and expires_at > now()`,
    [tokenHash],
  );
  return rows[0];
}

/** Which of these sessions, named by the hashes of their tokens in hexadecimal, have not ended. */
export async function findLiveSessions(
  db: Database,
  tokenHashes: readonly string[],
): Promise<string[]> {
  const { rows } = await db.query<{ token_hash: string }>(
    `select encode(token_hash, 'hex') as token_hash from sessions
     where token_hash in (select decode(hash, 'hex') from unnest($1::text[]) hash)
       and expires_at > now()`,
    [tokenHashes],
  );
  return rows.map((row) => row.token_hash);
}

/** Listeners are told. */
export async function deleteSession(db: Database, tokenHash: Buffer): Promise<void> {
  await db.query(
    `with ended as (delete from sessions where token_hash = $1 returning api_key_id)
     select pg_notify('transpod_ended_sessions', api_key_id) from ended`,
    [tokenHash],
  );
}

/** Resolves with how many there were. */
export async function deleteExpiredSessions(db: Database): Promise<number> {
  const { rowCount } = await db.query(`delete from sessions where expires_at <= now()`);
  return rowCount ?? 0;
}
