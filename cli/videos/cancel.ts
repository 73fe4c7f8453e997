import type { Command } from "commander";
import { run } from "../run.ts";
import { changeEach } from "./change-each.ts";
import { connect } from "./server.ts";
import { addFilesCommand, type VideoOptions } from "./video-command.ts";

export function addCancel(program: Command): void {
  addFilesCommand(
    program,
    "cancel",
    "Cancels files. Their workers stop within seconds. A cancelled file can be retried.",
  )
    .addHelpText("after", "\nExample:\n  transpod cancel holiday.mov")
    .action((words: string[], options: VideoOptions) =>
      run(options, async (terminal) => {
        const client = connect(options);
        await changeEach(client, words, terminal, async (id) => {
          const { file_name } = await client.cancel(id);
          return `${file_name} is cancelled.`;
        });
      }),
    );
}
