import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Command } from "commander";
import type { TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import { UsageError } from "../exit.ts";
import { run } from "../run.ts";
import { createDisplay } from "./display.ts";
import { findFiles } from "./find-files.ts";
import { resultName } from "./format.ts";
import { onInterrupt } from "./interrupt.ts";
import { connect } from "./server.ts";
import { addFilesCommand, type VideoOptions } from "./video-command.ts";

interface GetOptions extends VideoOptions {
  output: string;
  original?: boolean;
}

export function addGet(program: Command): void {
  addFilesCommand(
    program,
    "get",
    "Downloads results, checks their SHA-256, and prints the paths. A download that broke off is resumed. " +
      "A file that is already there is never replaced.",
  )
    .option("-o, --output <path>", "the folder, or for one file its name", ".")
    .option("--original", "download the originals instead")
    .addHelpText(
      "after",
      "\nExamples:\n  transpod get holiday.mov\n  transpod get 0b0f2c0e -o small.mov\n  transpod get 0b0f 77a1 -o out/",
    )
    .action((words: string[], options: GetOptions) =>
      run(options, async (terminal) => {
        const signal = onInterrupt("Run the same command again: it goes on where it was.");
        const client = connect(options);
        const ids = await findFiles(client, words);
        const paths: string[] = [];
        for (const id of ids) paths.push(await getOne(client, id, ids.length, options, signal));
        terminal.result(paths, { files: ids.map((file_id, i) => ({ file_id, path: paths[i] })) });
      }),
    );
}

async function getOne(
  client: TranspodClient,
  fileId: string,
  count: number,
  { output, original = false, json = false }: GetOptions,
  signal: AbortSignal,
): Promise<string> {
  const status = await client.status(fileId, signal);
  if (!original && status.processing_status !== "completed") {
    throw new TranspodError(
      "processed_not_available",
      `${status.file_name} has no result: it is ${status.processing_status}. "transpod explain ${fileId.slice(0, 8)}" says more.`,
    );
  }
  // The server must not choose the folder.
  const name = basename(original ? status.file_name : resultName(status));
  const path = (await isFolder(output)) ? join(output, name) : output;
  if (path === output && count > 1) {
    throw new UsageError(
      `${output} is not a folder. For several files, give a folder that ends in "/".`,
    );
  }
  const display = createDisplay({ json: false });
  try {
    await client.download(fileId, original ? "original" : "processed", path, {
      signal,
      onReceived: (received_bytes, total_bytes) =>
        !json &&
        display.show(
          { name: status.file_name, file_id: fileId },
          { event: "downloading", received_bytes, total_bytes },
        ),
    });
  } finally {
    display.stop();
  }
  return path;
}

async function isFolder(path: string): Promise<boolean> {
  if (path.endsWith("/")) return true;
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
