import type { Command } from "commander";
import pLimit from "p-limit";
import type { TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { FileState } from "@transpod/contract/states.ts";
import { run } from "../run.ts";
import { createDisplay } from "./display.ts";
import { findFiles } from "./find-files.ts";
import { failureOf, watchLimit, watchToEnd } from "./follow.ts";
import { onInterrupt } from "./interrupt.ts";
import { connect, withServer, type ServerOptions } from "./server.ts";

const underWay: FileState[] = ["uploaded", "pending", "processing"];

export function addWatch(program: Command): void {
  const command = program
    .command("watch")
    .description(
      "Shows the progress of files until all are completed, failed or cancelled. Without a file: of all that " +
        "are uploaded and have not ended.",
    )
    .argument("[file...]", "ids, their beginnings, or names")
    .option("--json", "print each event as a line of JSON on stdout");
  withServer(command)
    .addHelpText("after", "\nExamples:\n  transpod watch\n  transpod watch 0b0f2c0e holiday.mov")
    .action((words: string[], options: ServerOptions & { json?: boolean }) =>
      run({}, async () => {
        const signal = onInterrupt("The files are not affected.");
        const client = connect(options);
        const ids = words.length > 0 ? await findFiles(client, words) : await listUnderWay(client);
        await watchFiles(client, ids, { json: options.json ?? false, signal });
      }),
    );
}

async function listUnderWay(client: TranspodClient): Promise<string[]> {
  const ids: string[] = [];
  for (const state of underWay) {
    for await (const { file_id } of client.list({ status: [state] })) ids.push(file_id);
  }
  return [...new Set(ids)];
}

interface WatchOptions {
  json: boolean;
  signal: AbortSignal;
}

/** Throws when not all are completed. */
export async function watchFiles(
  client: TranspodClient,
  ids: string[],
  { json, signal }: WatchOptions,
): Promise<void> {
  const display = createDisplay({ json });
  const slots = pLimit(watchLimit);
  const watchOne = async (file_id: string) => {
    signal.throwIfAborted();
    const { file_name } = await client.status(file_id, signal);
    const subject = { name: `${file_id.slice(0, 8)} ${file_name}`, file_id };
    const status = await watchToEnd(client, subject, display, signal);
    if (status.processing_status === "completed") {
      display.show(subject, { event: "completed" });
      return true;
    }
    const { code, message } = failureOf(status);
    display.show(subject, { event: "failed", code, detail: message });
    return false;
  };
  try {
    const done = await Promise.all(ids.map((id) => slots(() => watchOne(id))));
    if (ids.length === 0) display.say("No file is under way.");
    const failed = done.filter((ok) => !ok).length;
    if (failed > 0) {
      throw new TranspodError("not_all_completed", `${failed} of ${ids.length} are not completed.`);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    display.stop();
  }
}
