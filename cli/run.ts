import { inspect } from "node:util";
import { TranspodError } from "@transpod/contract/errors.ts";
import { exitCodeOf } from "./exit.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/**
 * Runs a command and sets the process' exit code. A TranspodError is printed as its sentence, or with
 * `json` as an object with `code` and `detail`; any other error is a bug and is printed with its stack.
 */
export async function run(
  { json = false }: { json?: boolean },
  command: (terminal: Terminal) => Promise<void>,
): Promise<void> {
  const terminal = createTerminal({ json });
  try {
    await command(terminal);
  } catch (error) {
    const detail = error instanceof TranspodError ? sentenceOf(error) : inspect(error);
    const code = error instanceof TranspodError ? error.code : "internal_error";
    terminal.say(json ? JSON.stringify({ code, detail }) : detail);
    process.exitCode = exitCodeOf(error);
  }
}

/** The API's sentence is for any client. */
function sentenceOf({ code, message }: TranspodError): string {
  return code === "api_key_missing" ? `${message} Then set TRANSPOD_API_KEY to it.` : message;
}
