import { InvalidArgumentError, type Command } from "commander";
import { scopes, type Scope } from "@transpod/contract/api-keys.ts";
import { withDatabase } from "../database.ts";
import { run } from "../run.ts";
import { createKey, listKeys, revokeKey, showLog } from "./keys.ts";

interface JsonOption {
  json?: boolean;
}

const asJson = ["--json", "print the result as JSON"] as const;

/** Adds the commands that manage API keys. */
export function addKeys(keys: Command): Command {
  keys.description("Creates, lists and revokes the API keys in the database at DATABASE_URL.");

  keys
    .command("create")
    .summary("create an API key, and show it once")
    .description(
      "Creates an API key and shows it once: only a hash of it is stored. A key sees only the files " +
        "that it created, unless it has the scope admin.",
    )
    .argument("<name>", "name of the key, for example of the program that uses it", nameIn)
    .option(
      "--scope <scope>",
      "read, write, or admin (both, for all files); may be repeated; the default is read and write",
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
    .summary("list the API keys, without their secrets")
    .option(...asJson)
    .action((options: JsonOption) =>
      run(options, (terminal) => withDatabase((db) => listKeys(db, terminal))),
    );

  keys
    .command("revoke")
    .summary("revoke an API key")
    .description(
      "Revokes an API key: it is refused from now on, and its open event streams end. The files that it " +
        "created stay.",
    )
    .argument("<id>", 'the key\'s id, as "transpod keys list" shows it')
    .option(...asJson)
    .action((keyId: string, options: JsonOption) =>
      run(options, (terminal) => withDatabase((db) => revokeKey(db, keyId, terminal))),
    );

  keys
    .command("log")
    .summary("show the audit log: commands and refused requests")
    .option("--limit <entries>", "how many of the last entries to show", countIn, 100)
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
