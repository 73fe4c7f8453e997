import { TranspodError } from "@transpod/contract/errors.ts";

/** One of our own services can't be used right now. Clients get a 503. */
export class UnavailableError extends TranspodError {
  constructor(part: string, cause: unknown) {
    super("temporarily_unavailable", `${part} can't be used right now.`, { cause });
  }
}

/**
 * SQLSTATEs and socket errors that are temporary: connections, resources, shutdown, time-out,
 * read-only after a failover, serialization, deadlock.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const passing =
  /^(08...|53...|57P0[123]|57014|25006|40001|40P01|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

/** Messages of pg that have no code. */
const pgLostConnection = /timeout|Connection terminated|connection error/i;

/**
 * Whether one of our own services (Postgres, S3, SQS, Kubernetes) can't be used right now, so that a
 * retry may help.
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
