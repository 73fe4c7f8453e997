import type { Command } from "commander";
import pLimit from "p-limit";
import type { TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import { run } from "../run.ts";
import { createDisplay, type Display } from "./display.ts";
import { findFiles } from "./find-files.ts";
import { showEnd, subjectOf, watchLimit, watchToEnd } from "./follow.ts";
import { onInterrupt } from "./interrupt.ts";
import { connect, withServer } from "./server.ts";
import type { VideoOptions } from "./video-command.ts";
import { watchAll, type Watched } from "./watch-all.ts";

export function addWatch(program: Command): void {
  const command = program
    .command("watch")
    .description(
      "Shows the progress of files until all are completed, failed or cancelled. Without a file: of all that " +
        "are uploaded and have not ended, also of those that come meanwhile.",
    )
    .argument("[file...]", "ids, their beginnings, or names")
    .option("--json", "print each event as a line of JSON on stdout");
  withServer(command)
    .addHelpText("after", "\nExamples:\n  transpod watch\n  transpod watch 0b0f2c0e holiday.mov")
    .action((words: string[], options: VideoOptions) =>
      run({}, async () => {
        const signal = onInterrupt("The files are not affected.");
        const client = connect(options);
        const ids = await findFiles(client, words);
        const display = createDisplay({ json: options.json ?? false });
        try {
          const watched = await (ids.length > 0
            ? watchFiles(client, ids, display, signal)
            : watchAll(client, display, signal));
          report(watched, display);
        } catch (error) {
          throw signal.aborted ? signal.reason : error;
        } finally {
          display.stop();
        }
      }),
    );
}

async function watchFiles(
  client: TranspodClient,
  ids: readonly string[],
  display: Display,
  signal: AbortSignal,
): Promise<Watched> {
  const slots = pLimit(watchLimit);
  const watchOne = async (fileId: string) => {
    signal.throwIfAborted();
    const subject = subjectOf(await client.status(fileId, signal));
    return showEnd(display, subject, await watchToEnd(client, subject, display, signal));
  };
  const done = await Promise.all(ids.map((id) => slots(() => watchOne(id))));
  return { files: ids.length, failed: done.filter((ok) => !ok).length };
}

/** Throws when not all are completed. */
function report({ files, failed }: Watched, display: Display): void {
  if (files === 0) display.say("No file is under way.");
  if (failed > 0) {
    throw new TranspodError("not_all_completed", `${failed} of ${files} are not completed.`);
  }
}
