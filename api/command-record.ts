import { Counter, type Registry } from "@prometheus-io/client";
import type { Logger } from "@transpod/runtime/logger.ts";

const commands = ["cancel", "retry", "delete", "prioritize"] as const;
/** It changed something; all was so already; it can't be done. */
const results = ["done", "unchanged", "refused"] as const;

export type Command = (typeof commands)[number];
export type CommandResult = (typeof results)[number];

export type RecordCommand = (command: Command, result: CommandResult, fileId: string) => void;

/** Counts what clients told files to do, and logs what came of it. */
export function commandRecorder(log: Logger, registry: Registry): RecordCommand {
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
  return (command, result, file_id) => {
    counter.inc({ command, result });
    log.info({ event: "command", command, result, file_id });
  };
}
