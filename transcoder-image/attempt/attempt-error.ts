import { TranspodError } from "@transpod/contract/errors.ts";
import type { FailureCode } from "@transpod/contract/failures.ts";

interface AttemptErrorOptions extends ErrorOptions {
  /** The last lines that ffmpeg wrote. */
  ffmpegLines?: readonly string[];
}

/** A failure of the attempt that is reported to the controller; its message is shown to people. */
export class AttemptError extends TranspodError {
  override readonly code: FailureCode;
  readonly ffmpegLines: readonly string[];

  constructor(code: FailureCode, message: string, options: AttemptErrorOptions = {}) {
    super(code, message, options);
    this.code = code;
    this.ffmpegLines = options.ffmpegLines ?? [];
  }
}

/** The attempt is no longer ours: the controller refuses all further requests. */
export class FencedError extends TranspodError {
  constructor(message: string) {
    super("fenced", message);
  }
}
