import { TranspodError } from "@transpod/contract/errors.ts";

/** The exit codes of every command, for scripts; `--help` lists them. */
export const exitCodes = { failed: 1, wrongUsage: 2, cancelled: 130 } as const;

/** Options that can't be combined. */
export class UsageError extends TranspodError {
  constructor(message: string) {
    super("wrong_usage", message);
  }
}

/** A person cancelled a question. */
export class CancelledError extends TranspodError {
  constructor(cause: unknown) {
    super("cancelled", "Cancelled: nothing was changed.", { cause });
  }
}

/** A person or the system has ended a command before it was done. */
export class InterruptedError extends TranspodError {
  constructor(advice: string) {
    super("interrupted", `Interrupted. ${advice}`);
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CancelledError || error instanceof InterruptedError) {
    return exitCodes.cancelled;
  }
  return error instanceof UsageError ? exitCodes.wrongUsage : exitCodes.failed;
}
