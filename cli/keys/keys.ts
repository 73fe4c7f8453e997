import { randomBytes } from "node:crypto";
import { formatApiKey, hashSecret, type Scope } from "@transpod/contract/api-keys.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import {
  getApiKey,
  insertApiKey,
  listApiKeys,
  revokeApiKey,
  type ApiKeyRow,
} from "@transpod/store/api-keys.ts";
import { appendAudit, listAudit, type AuditEntry } from "@transpod/store/audit-log.ts";
import { inTransaction, type Database } from "@transpod/store/database.ts";
import { asColumns } from "../columns.ts";
import type { Terminal } from "../terminal.ts";

export async function createKey(
  db: Database,
  name: string,
  scopes: readonly Scope[],
  terminal: Terminal,
): Promise<void> {
  const keyId = randomBytes(8).toString("hex");
  const secret = randomBytes(32).toString("hex");
  await inTransaction(db, async (client) => {
    await insertApiKey(client, { key_id: keyId, name, scopes, secret_hash: hashSecret(secret) });
    await audit(client, { action: "createKey", key_id: keyId, result: "done" });
  });
  const key = formatApiKey({ keyId, secret });
  terminal.result(
    [
      `Created the API key ${keyId} "${name}": ${scopes.join(", ")}. It is shown only once:`,
      "",
      key,
      "",
      `Send it in the header "Authorization: Bearer ...". To revoke it: transpod keys revoke ${keyId}`,
    ],
    { key_id: keyId, name, scopes, key },
  );
}

export async function listKeys(db: Database, terminal: Terminal): Promise<void> {
  const keys = await listApiKeys(db);
  const lines =
    keys.length === 0
      ? ["There are no API keys. Create one with: transpod keys create NAME"]
      : asColumns([["id", "name", "scopes", "created", "revoked"], ...keys.map(keyCells)]);
  terminal.result(lines, { keys });
}

export async function revokeKey(db: Database, keyId: string, terminal: Terminal): Promise<void> {
  const done = await inTransaction(db, async (client) => {
    const revoked = await revokeApiKey(client, keyId);
    if (!revoked && (await getApiKey(client, keyId)) === undefined) {
      throw new TranspodError(
        "key_not_found",
        `There is no API key with the id ${keyId}. List the keys: transpod keys list.`,
      );
    }
    const result = revoked ? "done" : "unchanged";
    await audit(client, { action: "revokeKey", key_id: keyId, result });
    return revoked;
  });
  terminal.result(
    [done ? `The API key ${keyId} is revoked.` : `The API key ${keyId} was revoked already.`],
    { key_id: keyId, revoked: done },
  );
}

export async function showLog(db: Database, limit: number, terminal: Terminal): Promise<void> {
  const entries = await listAudit(db, limit);
  const heading = ["time", "action", "result", "key", "file", "client", "request"];
  const rows = entries.map((entry) => [
    entry.at.toISOString(),
    entry.action,
    entry.code === null ? entry.result : `${entry.result}: ${entry.code}`,
    ...[entry.key_id, entry.file_id, entry.client, entry.request_id].map((cell) => cell ?? "-"),
  ]);
  const lines = entries.length === 0 ? ["The audit log is empty."] : asColumns([heading, ...rows]);
  terminal.result(lines, { entries });
}

async function audit(
  db: Database,
  fields: Pick<AuditEntry, "action" | "key_id" | "result">,
): Promise<void> {
  await appendAudit(db, { ...fields, file_id: null, code: null, client: null, request_id: null });
}

function keyCells({ key_id, name, scopes, created_at, revoked_at }: ApiKeyRow): string[] {
  const revoked = revoked_at?.toISOString() ?? "-";
  return [key_id, name, scopes.join(","), created_at.toISOString(), revoked];
}
