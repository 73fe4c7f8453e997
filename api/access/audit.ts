import type { Request } from "express";
import type pg from "pg";
import { fileParams } from "@transpod/contract/public-api.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { HttpError } from "@transpod/runtime/problems.ts";
import { appendAudit, type AuditEntry } from "@transpod/store/audit-log.ts";

/** What of a request is written into the audit log. */
export function auditEntry(
  request: Request,
  { action, keyId }: { action: string; keyId: string | null },
  fileId: string | null,
): Omit<AuditEntry, "result" | "code"> {
  return {
    action,
    key_id: keyId,
    file_id: fileId,
    client: request.ip ?? null,
    request_id: request.res?.get("X-Request-Id") ?? null,
  };
}

/** The file in the path, if there is one; whoever is refused may have sent anything. */
export function fileIdInPath({ params }: Request): string | null {
  return fileParams.safeParse(params).data?.file_id ?? null;
}

/**
 * Writes down that something was refused. Nothing was done, so whoever asked is not kept waiting for a
 * database that can't be written: what the audit log does not take stands in the process' log, whole.
 */
export async function recordRefusal(
  { pool, log }: { pool: pg.Pool; log: Logger },
  fields: Omit<AuditEntry, "result" | "code">,
  { code }: HttpError,
): Promise<void> {
  const entry: AuditEntry = { ...fields, result: "refused", code };
  await appendAudit(pool, entry).catch((err: unknown) =>
    log.error({ event: "audit_failed", ...entry, err }),
  );
}
