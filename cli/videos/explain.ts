import type { Command } from "commander";
import { run } from "../run.ts";
import { findFiles } from "./find-files.ts";
import { connect, withServer, type ServerOptions } from "./server.ts";
import { tellStory } from "./story.ts";

export function addExplain(program: Command): void {
  const command = program
    .command("explain")
    .description("Tells what happened to a file, when and why, and what comes next.")
    .argument("<file>", "an id, its beginning, or a name")
    .option("--json", "print the result as JSON");
  withServer(command)
    .addHelpText("after", "\nExample:\n  transpod explain holiday.mov")
    .action((word: string, options: ServerOptions & { json?: boolean }) =>
      run(options, async (terminal) => {
        const client = connect(options);
        const [id] = await findFiles(client, [word]);
        const [status, attempts] = await Promise.all([
          client.status(id!),
          client.transactions(id!),
        ]);
        const story = tellStory(status, attempts);
        const lines = story.map(({ at, text }) => `${at === null ? "" : `${at}  `}${text}`);
        terminal.result([`${status.file_id}  ${status.file_name}`, ...lines], {
          file_id: id,
          story,
        });
      }),
    );
}
