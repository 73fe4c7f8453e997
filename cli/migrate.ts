import { InvalidArgumentError, type Command } from "commander";
import pRetry from "p-retry";
import { TranspodError } from "@transpod/contract/errors.ts";
import { isUnavailable } from "@transpod/runtime/unavailable.ts";
import { createPool } from "@transpod/store/database.ts";
import { migrate } from "@transpod/store/migrate.ts";
import { databaseInEnvironment, explainUnreachable, reasonOf } from "./database.ts";
import { run } from "./run.ts";
import type { Terminal } from "./terminal.ts";

interface MigrateOptions {
  /** In seconds. */
  wait: number;
}

export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .description(
      "Updates the schema of the database at DATABASE_URL. Waits for the database to answer. Safe to " +
        "run again, and several times at once. There are only migrations to newer versions.",
    )
    .option("--wait <seconds>", "how long to wait for the database", secondsIn, 60)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
Example:
  DATABASE_URL=postgres://transpod:secret@localhost:5432/transpod transpod migrate`,
    )
    .action((options: MigrateOptions & { json?: boolean }) =>
      run(options, (terminal) => migrateDatabase(options, terminal)),
    );
}

async function migrateDatabase({ wait }: MigrateOptions, terminal: Terminal): Promise<void> {
  const { url, name: database } = databaseInEnvironment();
  await untilItAnswers(url, wait, (error) =>
    terminal.say(`${database} does not answer yet; waiting up to ${wait} s: ${reasonOf(error)}`),
  ).catch((error: unknown) => {
    throw explainUnreachable(error, database);
  });
  const ran = await migrate(url).catch((error: unknown) => {
    throw explainRefusal(error, database);
  });
  const summary = ran.length === 0 ? "The schema was up to date." : "The schema is up to date.";
  terminal.result([...ran.map((name) => `ran ${name}`), summary], { ran });
}

/** Rejects with the last error when the time is over, or at once when waiting can't help. */
async function untilItAnswers(
  url: string,
  wait: number,
  onFirstFailure: (error: Error) => void,
): Promise<void> {
  const pool = createPool({ url, applicationName: "transpod-migrate" }, () => {});
  try {
    await pRetry(() => pool.query("select"), {
      retries: Infinity,
      minTimeout: 250,
      maxTimeout: 2_000,
      maxRetryTime: wait * 1_000,
      shouldRetry: ({ error }) => isUnavailable(error),
      onFailedAttempt({ error, attemptNumber }) {
        if (attemptNumber === 1 && isUnavailable(error)) onFirstFailure(error);
      },
    });
  } finally {
    await pool.end();
  }
}

/** Any other failure of a migration is a bug, and keeps its stack. */
function explainRefusal(error: unknown, database: string): unknown {
  // The migration tool has the database's error only as text.
  const reason = /(?:permission denied for|must be owner of) [^\n]+/.exec(String(error))?.[0];
  if (reason === undefined) return error;
  return new TranspodError(
    "database_forbids",
    `${database} refuses a migration: ${reason}. The user in DATABASE_URL must own the tables, and may ` +
      "need CREATE on the schema.",
    { cause: error },
  );
}

function secondsIn(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give a whole number of seconds.");
  return Number(text);
}
