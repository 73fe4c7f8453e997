import type { Command } from "commander";
import { run } from "../run.ts";
import { changeEach } from "./change-each.ts";
import { connect, withServer, type ServerOptions } from "./server.ts";

export function addCancel(program: Command): void {
  const command = program
    .command("cancel")
    .description(
      "Cancels files. Their workers stop within seconds. A cancelled file can be retried.",
    )
    .argument("<file...>", "ids, their beginnings, or names")
    .option("--json", "print the result as JSON");
  withServer(command)
    .addHelpText("after", "\nExample:\n  transpod cancel holiday.mov")
    .action((words: string[], options: ServerOptions & { json?: boolean }) =>
      run(options, async (terminal) => {
        const client = connect(options);
        await changeEach(client, words, terminal, async (id) => {
          const { file_name } = await client.cancel(id);
          return `${file_name} is cancelled.`;
        });
      }),
    );
}
