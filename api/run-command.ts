import { Counter, type Registry } from "@prometheus-io/client";
import type { Request } from "express";
import type pg from "pg";
import type { Logger } from "@transpod/runtime/logger.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { appendAudit } from "@transpod/store/audit-log.ts";
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
/** It changed something; all was so already; it can't be done. */
const results = ["done", "unchanged", "refused"] as const;

export type Command = (typeof commands)[number];
type CommandResult = (typeof results)[number];

/** Does what `work` does, all by the client that it gets; an HttpError says that it can't be done. */
export type RunCommand = <T extends { done: boolean }>(
  command: Command,
  request: Request,
  /** Null where it is about no file. */
  fileId: string | null,
  work: (db: pg.PoolClient) => Promise<T>,
) => Promise<T>;

/**
 * Runs what clients command, writes it into the audit log, counts it and logs what came of it.
 *
 * A command and its line in the audit log are one transaction: nothing is done without a line that says
 * who did it. When the line can't be written, the command is not done either, and the client is asked to
 * send it again.
 */
export function commandRunner({
  pool,
  log,
  registry,
}: {
  pool: pg.Pool;
  log: Logger;
  registry: Registry;
}): RunCommand {
  const count = countCommands(registry);
  return async (command, request, fileId, work) => {
    const access = accessOf(request);
    const said = auditEntry(request, access, fileId);
    const tell = (result: CommandResult): void => {
      count(command, result);
      log.info({ event: "command", command, result, file_id: fileId, key_id: access.keyId });
    };
    try {
      const outcome = await inTransaction(pool, async (db) => {
        const worked = await work(db);
        await appendAudit(db, { ...said, result: resultOf(worked), code: null });
        return worked;
      });
      tell(resultOf(outcome));
      return outcome;
    } catch (error) {
      if (error instanceof HttpError) {
        tell("refused");
        await recordRefusal({ pool, log }, said, error);
      }
      throw error;
    }
  };
}

function resultOf({ done }: { done: boolean }) {
  return done ? "done" : "unchanged";
}

function countCommands(registry: Registry) {
  const counter = new Counter({
    name: "transpod_commands_total",
    help: "Commands of clients: done, unchanged (it was so already), refused.",
    labelNames: ["command", "result"],
    registers: [registry],
  });
  // Of a counter that appears with its first count, Prometheus sees no increase.
  for (const command of commands) {
    for (const result of results) counter.inc({ command, result }, 0);
  }
  return (command: Command, result: CommandResult) => counter.inc({ command, result });
}
