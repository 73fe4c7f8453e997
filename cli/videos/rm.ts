import type { Command } from "commander";
import { CancelledError, UsageError } from "../exit.ts";
import { run } from "../run.ts";
import { changeEach } from "./change-each.ts";
import { findFiles } from "./find-files.ts";
import { connect } from "./server.ts";
import { addFilesCommand, type VideoOptions } from "./video-command.ts";

export function addRm(program: Command): void {
  addFilesCommand(
    program,
    "rm",
    "Deletes files with their originals and results. This can't be undone.",
  )
    .option("-y, --yes", "do not ask")
    .addHelpText("after", "\nExample:\n  transpod rm holiday.mov")
    .action((words: string[], options: VideoOptions & { yes?: boolean }) =>
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
