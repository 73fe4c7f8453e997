import type pg from "pg";
import type { Logger } from "@transpod/runtime/logger.ts";
import { expireAuditLog } from "@transpod/store/audit-log.ts";
import type { ControllerSettings } from "../config.ts";

export interface AuditLogDeps {
  pool: pg.Pool;
  settings: Pick<ControllerSettings, "auditLogRetentionDays">;
  log: Logger;
}

/** The next sweep takes the next ones. */
const batch = 1_000;

/** Deletes entries of the audit log that are older than the retention. */
export async function shortenAuditLog({ pool, settings, log }: AuditLogDeps): Promise<void> {
  if (settings.auditLogRetentionDays === 0) return;
  const entries = await expireAuditLog(pool, settings.auditLogRetentionDays, batch);
  if (entries > 0) log.info({ event: "audit_log_expired", entries });
}
