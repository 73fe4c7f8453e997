import type { Command } from "commander";
import { run } from "../run.ts";
import { changeEach } from "./change-each.ts";
import { connect } from "./server.ts";
import { settingsIn, withSettings } from "./settings.ts";
import { addFilesCommand, type VideoOptions } from "./video-command.ts";

export function addRetry(program: Command): void {
  withSettings(
    addFilesCommand(
      program,
      "retry",
      "Starts another attempt at files that failed or were cancelled. Settings that are given replace all " +
        "earlier ones; without any, the earlier ones stay.",
    ),
  )
    .addHelpText("after", "\nExample:\n  transpod retry holiday.mov --on-damage finish")
    .action((words: string[], options: VideoOptions) =>
      run(options, async (terminal) => {
        const client = connect(options);
        await changeEach(client, words, terminal, async (id) => {
          const { file_name, attempt } = await client.retry(id, settingsIn(options));
          return `${file_name} is in the queue for attempt ${attempt}.`;
        });
      }),
    );
}
