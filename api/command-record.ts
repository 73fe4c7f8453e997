import { Counter, type Registry } from "@prometheus-io/client";
import type { Logger } from "@transpod/runtime/logger.ts";

export type Command = "cancel" | "retry" | "delete" | "prioritize";

/** - `done`: it changed something. - `unchanged`: all was so already. - `refused`: it can't be done. */
export type CommandResult = "done" | "unchanged" | "refused";

export type RecordCommand = (command: Command, result: CommandResult, fileId: string) => void;

/** Counts what clients told files to do, and logs what came of it. */
export function commandRecorder(log: Logger, registry: Registry): RecordCommand {
  const commands = new Counter({
    name: "transpod_commands_total",
    help: "Commands of clients: done, unchanged (it was so already), refused.",
    labelNames: ["command", "result"],
    registers: [registry],
  });
  return (command, result, file_id) => {
    commands.inc({ command, result });
    log.info({ event: "command", command, result, file_id });
  };
}
