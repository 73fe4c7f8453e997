import { z } from "zod";
import { TranspodError } from "@transpod/contract/errors.ts";
import { isUnavailable } from "@transpod/runtime/unavailable.ts";

export const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: "Give the URL of the database: postgres://user:password@host:5432/name",
});

/** How a person knows a database; without its password. */
export function describeDatabase(url: string): string {
  const { host, pathname } = new URL(url);
  return `The database ${decodeURIComponent(pathname.slice(1))} at ${host}`;
}

/** Why a database did not answer a question as simple as can be, as a sentence. */
export function explainSilence(error: unknown, url: string): unknown {
  if (!(error instanceof Error)) return error;
  const [database, said] = [describeDatabase(url), reasonOf(error)];
  return isUnavailable(error)
    ? new TranspodError(
        "database_unreachable",
        `${database} did not answer: ${said}. Check that it runs, and that DATABASE_URL names it.`,
        { cause: error },
      )
    : new TranspodError(
        "database_refuses",
        `${database} lets nobody in this way: ${said}. Correct DATABASE_URL.`,
        { cause: error },
      );
}

/** Where a name has several addresses, Node's error has no message but their errors. */
export function reasonOf(error: Error): string {
  return error.message || String((error as { code?: unknown }).code);
}
