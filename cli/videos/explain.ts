import type { Command } from "commander";
import type { Entry, Explanation } from "@transpod/contract/explain-api.ts";
import { run } from "../run.ts";
import { findFiles } from "./find-files.ts";
import { connect, withServer, type ServerOptions } from "./server.ts";

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
