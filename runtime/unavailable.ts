import { TranspodError } from "@transpod/contract/errors.ts";

/** A part of ours can't be used right now, and whoever asked it could tell. The public sees a 503. */
export class UnavailableError extends TranspodError {
  constructor(part: string, cause: unknown) {
    super("temporarily_unavailable", `${part} can't be used right now.`, { cause });
  }
}

/**
 * SQLSTATEs and socket errors that pass by themselves: connections, resources, shutdown, time-out,
 * read-only after a failover, serialization, deadlock.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const passing =
  /^(08...|53...|57P0[123]|57014|25006|40001|40P01|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

/** What pg says without a code. */
const pgLostConnection = /timeout|Connection terminated|connection error/i;

/**
 * Whether a part of ours (Postgres, S3, SQS, Kubernetes) can't be used right now, so that asking
 * again may help.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $fault } = error as { code?: unknown; $fault?: unknown };
  return (
    error instanceof UnavailableError ||
    (typeof code === "string" && passing.test(code)) ||
    // https://smithy.io/2.0/spec/type-refinement-traits.html#error-trait
    $fault === "server" ||
    error.name === "TimeoutError" ||
    pgLostConnection.test(error.message)
  );
}
