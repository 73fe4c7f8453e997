import type { Command } from "commander";
import { CancelledError, UsageError } from "../exit.ts";
import { run } from "../run.ts";
import { changeEach } from "./change-each.ts";
import { findFiles } from "./find-files.ts";
import { connect, withServer, type ServerOptions } from "./server.ts";

export function addRm(program: Command): void {
  const command = program
    .command("rm")
    .description("Deletes files with their originals and results. This can't be undone.")
    .argument("<file...>", "ids, their beginnings, or names")
    .option("-y, --yes", "do not ask")
    .option("--json", "print the result as JSON");
  withServer(command)
    .addHelpText("after", "\nExample:\n  transpod rm holiday.mov")
    .action((words: string[], options: ServerOptions & { yes?: boolean; json?: boolean }) =>
      run(options, async (terminal) => {
        if (options.yes !== true && !terminal.interactive) {
          throw new UsageError(
            "Without a terminal nobody can be asked. Use --yes to delete all the same.",
          );
        }
        const client = connect(options);
        const ids = await findFiles(client, words);
        if (options.yes !== true) {
          for (const id of ids) terminal.say(`  ${id}  ${(await client.status(id)).file_name}`);
          const answer = await terminal.ask("Delete them with their originals and results? [y/N] ");
          if (!/^y(?:es)?$/i.test(answer.trim())) throw new CancelledError(undefined);
        }
        await changeEach(client, ids, terminal, async (id) => {
          await client.delete(id);
          return `${id} is deleted.`;
        });
      }),
    );
}
