import { InvalidArgumentError, Option, type Command } from "commander";
import type { ListFilter, TranspodClient } from "@transpod/client/client.ts";
import { fileSorts } from "@transpod/contract/list-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { fileStates, type FileState } from "@transpod/contract/states.ts";
import { formatBytes, formatSeconds } from "@transpod/contract/quantities.ts";
import { asColumns } from "../columns.ts";
import { run } from "../run.ts";
import { countIn } from "../whole-number.ts";
import { formatSaved, paintState } from "./format.ts";
import { connect } from "./server.ts";
import { addVideoCommand, type VideoOptions } from "./video-command.ts";

interface LsOptions extends VideoOptions, ListFilter {
  limit: number;
  all?: boolean;
}

export function addLs(program: Command): void {
  addVideoCommand(program, "ls", "Lists files, the newest first.")
    .option("--status <state...>", `only files in these states: ${fileStates.join(", ")}`, statesIn)
    .option("--search <text>", "only files whose name contains the text, in any case")
    .addOption(new Option("--sort <field>", "sort by this").choices(fileSorts))
    .addOption(new Option("--order <order>", "in this order").choices(["asc", "desc"]))
    .option("--limit <files>", "list at most so many", countIn(9), 50)
    .option("--all", "list all")
    .addHelpText(
      "after",
      "\nExamples:\n  transpod ls\n  transpod ls --status failed\n  transpod ls --all --json | jq -r '.files[].file_id'",
    )
    .action((options: LsOptions) =>
      run(options, async (terminal) => {
        const limit = options.all === true ? Infinity : options.limit;
        const { files, more } = await take(connect(options), options, limit);
        const lines = files.length === 0 ? ["No files."] : tableOf(files, Date.now());
        terminal.result(lines, { files });
        if (more && options.json !== true) terminal.say(`There are more: --limit or --all.`);
      }),
    );
}

async function take(client: TranspodClient, filter: ListFilter, limit: number) {
  const files: FileStatus[] = [];
  for await (const file of client.list(filter)) {
    if (files.length === limit) return { files, more: true };
    files.push(file);
  }
  return { files, more: false };
}

/** Lines for a terminal; `now` in milliseconds since 1970. */
export function tableOf(files: readonly FileStatus[], now: number): string[] {
  const rows = files.map((file) => [
    file.file_id.slice(0, 8),
    file.processing_status,
    file.size_bytes === null ? "" : formatBytes(file.size_bytes),
    file.processed_size_bytes === null ? "" : formatBytes(file.processed_size_bytes),
    formatSaved(file),
    formatSeconds((now - Date.parse(file.created_at)) / 1000),
    file.file_name,
  ]);
  const [header, ...lines] = asColumns([
    ["ID", "STATE", "SIZE", "RESULT", "SAVED", "AGE", "NAME"],
    ...rows,
  ]);
  // Painted after the columns are aligned: the codes of colours have no width.
  const painted = lines.map((line, i) => {
    const { processing_status: state } = files[i]!;
    return line.replace(state, paintState(state, state, process.stdout));
  });
  return [header!, ...painted];
}

function statesIn(text: string, before: FileState[] = []): FileState[] {
  const state = fileStates.find((known) => known === text);
  if (state === undefined) throw new InvalidArgumentError(`Give one of ${fileStates.join(", ")}.`);
  return [...before, state];
}
