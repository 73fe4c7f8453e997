import type { Database } from "./database.ts";

/** A line of the audit log. */
export interface AuditEntry {
  /** An operation of the public API by its operationId, or of `transpod keys`. */
  action: string;
  /** As it was presented; of a key that was created or revoked, its own. */
  key_id: string | null;
  file_id: string | null;
  result: "done" | "unchanged" | "refused";
  /** Why it was refused, else null. */
  code: string | null;
  /** The client's address. */
  client: string | null;
  request_id: string | null;
}

const auditColumns: readonly (keyof AuditEntry)[] = [
  ...(["action", "key_id", "file_id", "result", "code", "client", "request_id"] as const),
];

export interface AuditRow extends AuditEntry {
  at: Date;
}

export async function appendAudit(db: Database, entry: AuditEntry): Promise<void> {
  await db.query({ name: "append_audit", text: auditInsertion(1), values: auditValues(entry) });
}

/** The statement whose first parameter has the number `first`; for use in another statement too. */
export function auditInsertion(first: number): string {
  const values = auditColumns.map((_, i) => `$${first + i}`).join(", ");
  return `insert into audit_log (${auditColumns.join(", ")}) values (${values})`;
}

export function auditValues(entry: AuditEntry): unknown[] {
  return auditColumns.map((column) => entry[column]);
}

/** The last `limit` entries, the oldest of them first. */
export async function listAudit(db: Database, limit: number): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow>(
    `select at, action, key_id, file_id, result, code, client, request_id
     from audit_log order by audit_id desc limit $1`,
    [limit],
  );
  return rows.toReversed();
}

/**
 * Deletes entries that are older than `olderThanDays`, the oldest first, at most `limit`. Resolves with their
 * number.
 */
export async function expireAuditLog(
  db: Database,
  olderThanDays: number,
  limit: number,
): Promise<number> {
  const { rows } = await db.query<{ entries: number }>(
    `select expire_audit_log(make_interval(days => $1), $2) as entries`,
    [olderThanDays, limit],
  );
  return rows[0]!.entries;
}
