import type pg from "pg";
import { z } from "zod";
import { TranspodError } from "@transpod/contract/errors.ts";
import { readEnvironment } from "@transpod/runtime/environment.ts";
import { isUnavailable } from "@transpod/runtime/unavailable.ts";
import { checkDatabase, createPool } from "@transpod/store/database.ts";

const schema = z.object({
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: "Give the URL of the database: postgres://user:password@host:5432/name",
  }),
});

/** The database at DATABASE_URL; `name` is for messages, and contains no password. */
export function databaseInEnvironment(): { url: string; name: string } {
  const { DATABASE_URL: url } = readEnvironment(schema, process.env);
  const { host, pathname } = new URL(url);
  return { url, name: `The database ${decodeURIComponent(pathname.slice(1))} at ${host}` };
}

/** Runs `work` with the database at DATABASE_URL, after checking that it answers and has the schema. */
export async function withDatabase(work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const { url, name } = databaseInEnvironment();
  const pool = createPool({ url, applicationName: "transpod-cli" }, () => {});
  try {
    await pool.query("select").catch((error: unknown) => {
      throw explainUnreachable(error, name);
    });
    await checkDatabase(pool).catch((error: unknown) => {
      throw explainSchema(error, name);
    });
    await work(pool);
  } finally {
    await pool.end();
  }
}

/** Explains why the first statement failed. */
export function explainUnreachable(error: unknown, database: string): unknown {
  if (!(error instanceof Error)) return error;
  const reason = reasonOf(error);
  return isUnavailable(error)
    ? new TranspodError(
        "database_unreachable",
        `${database} did not answer: ${reason}. Check that it runs, and that DATABASE_URL names it.`,
        { cause: error },
      )
    : new TranspodError(
        "database_refuses",
        `${database} rejects the login: ${reason}. Correct DATABASE_URL.`,
        { cause: error },
      );
}

/** For a name with several addresses, Node's error has no message, only a list of errors. */
export function reasonOf(error: Error): string {
  return error.message || String((error as { code?: unknown }).code);
}

/** undefined_table: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function explainSchema(error: unknown, database: string): unknown {
  if ((error as { code?: unknown }).code !== "42P01") return error;
  return new TranspodError(
    "schema_missing",
    `${database} has no schema, or an old one. Update it: transpod migrate.`,
    { cause: error },
  );
}
