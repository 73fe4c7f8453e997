import type { Request } from "express";
import type pg from "pg";
import { fileParams } from "@transpod/contract/parameters.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { HttpError } from "@transpod/runtime/problems.ts";
import { appendAudit, type AuditEntry } from "@transpod/store/audit-log.ts";

/** The fields of a request that are written into the audit log. */
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

/**
 * The file id in the path, if there is one. It is not validated: a refused request may have any text
 * there.
 */
export function fileIdInPath({ params }: Request): string | null {
  return fileParams.safeParse(params).data?.file_id ?? null;
}

/**
 * Records a refusal. Nothing was done, so the client does not wait for a database that can't be
 * written: if the audit log can't be written, the whole entry goes into the process's log.
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
