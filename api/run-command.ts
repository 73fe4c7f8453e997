import { Counter, type Registry } from "@prometheus-io/client";
import type { Request } from "express";
import type pg from "pg";
import type { Logger } from "@transpod/runtime/logger.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { appendAudit, type AuditEntry } from "@transpod/store/audit-log.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { accessOf } from "./access/access.ts";
import { auditEntry, recordRefusal } from "./access/audit.ts";

const ofFiles = ["create", "cancel", "retry", "delete", "prioritize"] as const;
const ofWebhooks = [
  "create_webhook",
  "enable_webhook",
  "disable_webhook",
  "delete_webhook",
] as const;
const commands = [...ofFiles, ...ofWebhooks] as const;
/**
 * `done`: it changed something; `unchanged`: the state was the same before; `refused`: it is not
 * possible.
 */
const results = ["done", "unchanged", "refused"] as const;

export type Command = (typeof commands)[number];
type CommandResult = (typeof results)[number];

/** Runs `work` with a database client; an HttpError means that the command is refused. */
export type RunCommand = <T extends { done: boolean }>(
  command: Command,
  request: Request,
  /** Null where it is about no file. */
  fileId: string | null,
  work: (db: pg.PoolClient) => Promise<T>,
) => Promise<T>;

/** Runs a command of one statement that is never refused, and that writes the line of the audit log itself. */
export type RunStatement = <T>(
  command: Command,
  request: Request,
  fileId: string,
  write: (db: pg.Pool, entry: AuditEntry) => Promise<T>,
) => Promise<T>;

/**
 * Runs what clients command, writes it into the audit log, counts it and logs the result.
 *
 * A command and its line in the audit log are one transaction: nothing is done without a line that says
 * who did it. When the line can't be written, the command is not done either, and the client is asked to
 * send it again.
 */
export function commandRunners({
  pool,
  log,
  registry,
}: {
  pool: pg.Pool;
  log: Logger;
  registry: Registry;
}): { runCommand: RunCommand; runStatement: RunStatement } {
  const count = countCommands(registry);
  const tellOf =
    (command: Command, request: Request, file_id: string | null) =>
    (result: CommandResult): void => {
      count(command, result);
      const key_id = accessOf(request).keyId;
      log.info({ event: "command", command, result, file_id, key_id });
    };

  const runCommand: RunCommand = async (command, request, fileId, work) => {
    const auditFields = auditEntry(request, accessOf(request), fileId);
    const tell = tellOf(command, request, fileId);
    try {
      const outcome = await inTransaction(pool, async (db) => {
        const worked = await work(db);
        await appendAudit(db, { ...auditFields, result: resultOf(worked), code: null });
        return worked;
      });
      tell(resultOf(outcome));
      return outcome;
    } catch (error) {
      if (error instanceof HttpError) {
        tell("refused");
        await recordRefusal({ pool, log }, auditFields, error);
      }
      throw error;
    }
  };

  const runStatement: RunStatement = async (command, request, fileId, write) => {
    const auditFields = auditEntry(request, accessOf(request), fileId);
    const written = await write(pool, { ...auditFields, result: "done", code: null });
    tellOf(command, request, fileId)("done");
    return written;
  };
  return { runCommand, runStatement };
}

function resultOf({ done }: { done: boolean }) {
  return done ? "done" : "unchanged";
}

function countCommands(registry: Registry) {
  const counter = new Counter({
    name: "transpod_commands_total",
    help: "Commands of clients, by result: done, unchanged (the state was the same before), refused.",
    labelNames: ["command", "result"],
    registers: [registry],
  });
  // Prometheus sees no increase for a counter that appears with its first count.
  for (const command of commands) {
    for (const result of results) counter.inc({ command, result }, 0);
  }
  return (command: Command, result: CommandResult) => counter.inc({ command, result });
}
