import { randomBytes } from "node:crypto";
import { formatApiKey, hashSecret, type Scope } from "@transpod/contract/api-keys.ts";
import { insertApiKey } from "@transpod/store/api-keys.ts";
import type { Database } from "@transpod/store/database.ts";

/** A new API key, as `transpod keys create` makes it. */
export async function insertTestKey(db: Database, ...scopes: Scope[]): Promise<string> {
  const keyId = randomBytes(8).toString("hex");
  const secret = randomBytes(32).toString("hex");
  await insertApiKey(db, { key_id: keyId, name: "test", scopes, secret_hash: hashSecret(secret) });
  return formatApiKey({ keyId, secret });
}
