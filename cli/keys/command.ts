import { InvalidArgumentError, type Command } from "commander";
import { scopes, type Scope } from "@transpod/contract/api-keys.ts";
import { withDatabase } from "../database.ts";
import { run } from "../run.ts";
import { createKey, listKeys, revokeKey, showLog } from "./keys.ts";

interface JsonOption {
  json?: boolean;
}

const asJson = ["--json", "print the result as JSON"] as const;

/** Makes a command that manages API keys. */
export function addKeys(keys: Command): Command {
  keys.description("Makes, shows and revokes the API keys in the database at DATABASE_URL.");

  keys
    .command("create")
    .summary("make an API key, and show it this once")
    .description(
      "Makes an API key and shows it, this once: only a hash of it is kept. A key sees the files that it " +
        "created and no other, unless it has the scope admin.",
    )
    .argument("<name>", "what to call it, for example the program that gets it", nameIn)
    .option(
      "--scope <scope>",
      "read, write, or admin for all of it with every file; may be repeated; unless told, read and write",
      scopeIn,
    )
    .option(...asJson)
    .addHelpText(
      "after",
      `
Examples:
  transpod keys create web-shop
  transpod keys create dashboard --scope read
  transpod keys create operator --scope admin --json | jq -r .key`,
    )
    .action((name: string, options: JsonOption & { scope?: Scope[] }) =>
      run(options, (terminal) =>
        withDatabase((db) => createKey(db, name, options.scope ?? ["read", "write"], terminal)),
      ),
    );

  keys
    .command("list")
    .summary("show the API keys, but for their secrets")
    .option(...asJson)
    .action((options: JsonOption) =>
      run(options, (terminal) => withDatabase((db) => listKeys(db, terminal))),
    );

  keys
    .command("revoke")
    .summary("have an API key refused from now on")
    .description(
      "Has an API key refused from now on, and ends the event streams that it has open. The files that it " +
        "created stay.",
    )
    .argument("<id>", 'the key\'s id, as "transpod keys list" shows it')
    .option(...asJson)
    .action((keyId: string, options: JsonOption) =>
      run(options, (terminal) => withDatabase((db) => revokeKey(db, keyId, terminal))),
    );

  keys
    .command("log")
    .summary("show the audit log: commands, and accesses that were refused")
    .option("--limit <entries>", "how many, from the last one back", countIn, 100)
    .option(...asJson)
    .action((options: JsonOption & { limit: number }) =>
      run(options, (terminal) => withDatabase((db) => showLog(db, options.limit, terminal))),
    );
  return keys;
}

function nameIn(text: string): string {
  if (!/^[^\p{C}]{1,100}$/u.test(text) || text.trim() !== text) {
    throw new InvalidArgumentError("Give a name of at most 100 printable characters.");
  }
  return text;
}

function scopeIn(text: string, before: Scope[] = []): Scope[] {
  const scope = scopes.find((known) => known === text);
  if (scope === undefined) throw new InvalidArgumentError(`Give one of ${scopes.join(", ")}.`);
  return [...new Set([...before, scope])];
}

function countIn(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new InvalidArgumentError("Give a whole number from 1 to 999999.");
  }
  return Number(text);
}
