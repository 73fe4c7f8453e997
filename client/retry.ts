import { setTimeout as delay } from "node:timers/promises";
import pRetry from "p-retry";
import { TranspodError } from "@transpod/contract/errors.ts";

/** A failure that may be gone when the same is tried again. */
export class TransientError extends TranspodError {
  /** How long the server asks to wait before that. */
  readonly retryAfterMs: number;
  /** Whether the request may have been executed all the same. */
  readonly executed: "no" | "unknown";

  constructor(
    code: string,
    message: string,
    options: { retryAfterMs?: number; executed: "no" | "unknown"; cause?: unknown },
  ) {
    super(code, message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? 0;
    this.executed = options.executed;
  }
}

export interface RetryOptions {
  /** How often to try again after the first failure. */
  retries: number;
  /** False for a request that must not be executed twice. The default is true. */
  repeatable?: boolean;
  signal?: AbortSignal | undefined;
}

const longestWaitMs = 60_000;

/** Tries again after a TransientError, with growing pauses; any other error is thrown at once. */
export async function withRetries<T>(
  work: () => Promise<T>,
  { retries, repeatable = true, signal }: RetryOptions,
): Promise<T> {
  const again = (error: unknown): error is TransientError =>
    error instanceof TransientError && (repeatable || error.executed === "no");
  return await pRetry(work, {
    retries,
    minTimeout: 250,
    maxTimeout: 8_000,
    randomize: true,
    ...(signal && { signal }),
    shouldRetry: ({ error }) => again(error),
    async onFailedAttempt({ error, retriesLeft }) {
      if (retriesLeft > 0 && again(error) && error.retryAfterMs > 0) {
        await delay(error.retryAfterMs, undefined, { ...(signal && { signal }) });
      }
    },
  });
}

/**
 * The header Retry-After in milliseconds, at most a minute: seconds or a date (RFC 9110, 10.2.3). 0 without it.
 */
export function retryAfterMs(header: string | null, now = Date.now()): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), longestWaitMs);
}
