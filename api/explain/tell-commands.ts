import type { Entry } from "@transpod/contract/explain-api.ts";
import { byKey } from "./actors.ts";
import { entry } from "./entries.ts";
import type { Story } from "./story.ts";

/** The commands that cause no transition, which tells the others. Pure. */
export function tellCommands({ commands, reader }: Story): Entry[] {
  return commands
    .filter(({ action }) => action === "updateFile")
    .map((command) =>
      entry(command.at, "command", `Its priority was changed${byKey(command, reader)}.`),
    );
}
