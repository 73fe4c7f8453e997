import { Command } from "commander";
import { exitCodes } from "./exit.ts";
import manifest from "./package.json" with { type: "json" };

export function createProgram(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .version(manifest.version)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitCodes.wrongUsage))
    .showHelpAfterError("(use --help for more information)")
    .addHelpText(
      "after",
      `
Exit codes: 0 done, 1 failed (the message says why and what to do), 2 wrong usage, 130 cancelled or
interrupted.`,
    );
}

export async function runProgram(program: Command): Promise<void> {
  await program.parseAsync();
  // An unfinished connection must not keep the process alive.
  process.exit();
}
