import { TranspodError } from "@transpod/contract/errors.ts";
import type { FailureCode } from "@transpod/contract/failures.ts";

/** An end of the attempt that the controller is told about: its message is shown to people. */
export class AttemptError extends TranspodError {
  override readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.code = code;
  }
}

/** The attempt is no longer ours: whatever we would say would be refused. */
export class FencedError extends TranspodError {
  constructor(message: string) {
    super("fenced", message);
  }
}
