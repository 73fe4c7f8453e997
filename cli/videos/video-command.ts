import type { Command } from "commander";
import { withServer, type ServerOptions } from "./server.ts";

export interface VideoOptions extends ServerOptions {
  json?: boolean;
}

/** Adds a command that asks a Transpod and prints one result. */
export function addVideoCommand(program: Command, name: string, description: string): Command {
  const command = program
    .command(name)
    .description(description)
    .option("--json", "print the result as JSON");
  return withServer(command);
}

/** The same for a command about files. */
export function addFilesCommand(program: Command, name: string, description: string): Command {
  return addVideoCommand(program, name, description).argument(
    "<file...>",
    "ids, their beginnings, or names",
  );
}
