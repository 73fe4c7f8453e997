import type { Command } from "commander";
import type { Entry, Explanation } from "@transpod/contract/explain-api.ts";
import { run } from "../run.ts";
import { findFiles } from "./find-files.ts";
import { connect } from "./server.ts";
import { addVideoCommand, type VideoOptions } from "./video-command.ts";

export function addExplain(program: Command): void {
  addVideoCommand(
    program,
    "explain",
    "Tells what happened to a file, when and why, and what comes next.",
  )
    .argument("<file>", "an id, its beginning, or a name")
    .addHelpText("after", "\nExample:\n  transpod explain holiday.mov")
    .action((word: string, options: VideoOptions) =>
      run(options, async (terminal) => {
        const client = connect(options);
        const [id] = await findFiles(client, [word]);
        const told = await client.explain(id!);
        terminal.result(linesOf(told), told);
      }),
    );
}

/** The text of an explanation. */
export function linesOf({ file_id, file_name, entries, next }: Explanation): string[] {
  return [
    `${file_id}  ${file_name}`,
    ...entries.flatMap(linesOfEntry),
    `Next: ${next.text}`,
    ...(next.operator === null ? [] : [`What an operator can do: ${next.operator}`]),
  ];
}

function linesOfEntry({ at, text, failure }: Entry): string[] {
  const log = failure?.worker_log?.split("\n") ?? [];
  return [`${at ?? "Now:"}  ${text}`, ...log.map((line) => `    | ${line}`)];
}
