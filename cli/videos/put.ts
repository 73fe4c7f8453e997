import { InvalidArgumentError, Option, type Command } from "commander";
import { run } from "../run.ts";
import { countIn } from "../whole-number.ts";
import { onInterrupt } from "./interrupt.ts";
import { putFiles } from "./put-files.ts";
import type { PutOptions } from "./put-options.ts";
import { connect, withServer, type ServerOptions } from "./server.ts";
import { settingsIn, withSettings } from "./settings.ts";

export function addPut(program: Command): void {
  const command = program
    .command("put")
    .description(
      "Uploads videos, each in parallel parts when it is large, and Transpod transcodes them. Folders are " +
        "searched for .mp4 and .mov files. Run again after an interruption, the same command goes on where it was.",
    )
    .argument("<path...>", "files, folders and patterns")
    .option("-w, --watch", "wait until all files are transcoded")
    .option("-o, --output <folder>", "wait, and download each result to this folder")
    .option("-j, --parallel <files>", "how many files to upload at the same time", countIn(15), 2)
    .option("--priority <number>", "from -100 to 100; a higher one starts first", priorityIn)
    .option("--delete-original", "have the original deleted after success")
    .option("--no-delete-original", "have it kept, also where the server deletes originals")
    .option("--json", "print each event as a line of JSON on stdout")
    .addOption(
      new Option("--part-threshold <bytes>", "send larger files in parts")
        .argParser(countIn(15))
        .hideHelp(),
    );
  withServer(withSettings(command)).addHelpText(
    "after",
    `
Exits with 0 only if all files were uploaded, and with --watch or --output only if all are completed.

Examples:
  transpod put holiday.mov
  transpod put *.mov --watch -o out/
  transpod put camera/ -o smaller/ --quality smaller -j 4
  transpod put film.mp4 --watch --json | jq -r .event`,
  );
  command.action((paths: string[], options: PutOptions & ServerOptions) =>
    run({}, async () => {
      const signal = onInterrupt("Run the same command again: it goes on where it was.");
      await putFiles(connect(options), paths, {
        ...options,
        settings: settingsIn(options) ?? {},
        signal,
      });
    }),
  );
}

function priorityIn(text: string): number {
  if (!/^-?\d{1,3}$/.test(text) || Math.abs(Number(text)) > 100) {
    throw new InvalidArgumentError("Give a whole number from -100 to 100.");
  }
  return Number(text);
}
