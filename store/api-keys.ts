import type { Scope } from "@transpod/contract/api-keys.ts";
import type { Database } from "./database.ts";

export interface NewApiKey {
  key_id: string;
  name: string;
  scopes: readonly Scope[];
  secret_hash: Buffer;
}

export interface ApiKeyRow {
  key_id: string;
  name: string;
  scopes: Scope[];
  created_at: Date;
  revoked_at: Date | null;
}

export async function insertApiKey(db: Database, key: NewApiKey): Promise<void> {
  await db.query(
    `insert into api_keys (key_id, name, scopes, secret_hash) values ($1, $2, $3, $4)`,
    [key.key_id, key.name, key.scopes, key.secret_hash],
  );
}

/** With the hash of its secret; revoked ones too. */
export async function getApiKey(
  db: Database,
  keyId: string,
): Promise<(ApiKeyRow & { secret_hash: Buffer }) | undefined> {
  const { rows } = await db.query<ApiKeyRow & { secret_hash: Buffer }>({
    name: "api_key",
    text: `select key_id, name, scopes, secret_hash, created_at, revoked_at
      from api_keys where key_id = $1`,
    values: [keyId],
  });
  return rows[0];
}

/** All of them, the oldest first. */
export async function listApiKeys(db: Database): Promise<ApiKeyRow[]> {
  const { rows } = await db.query<ApiKeyRow>(
    `select key_id, name, scopes, created_at, revoked_at from api_keys order by created_at, key_id`,
  );
  return rows;
}

/** Listeners are told. False when there is no such key, or it was revoked already. */
export async function revokeApiKey(db: Database, keyId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `with revoked as (
       update api_keys set revoked_at = now() where key_id = $1 and revoked_at is null
       returning key_id
     )
     select pg_notify('transpod_revoked_keys', key_id) from revoked`,
    [keyId],
  );
  return rowCount === 1;
}

/** Which of these keys are revoked. */
export async function findRevokedKeys(db: Database, keyIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ key_id: string }>(
    `select key_id from api_keys where key_id = any($1) and revoked_at is not null`,
    [keyIds],
  );
  return rows.map((row) => row.key_id);
}

/** Whether the key created the file, which may have been deleted since. This never changes. */
export async function createdFile(db: Database, keyId: string, fileId: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "created_file",
    text: `select from files where file_id = $1 and api_key_id = $2
      union all
      select from tombstones where file_id = $1 and api_key_id = $2`,
    values: [fileId, keyId],
  });
  return rowCount !== 0;
}
