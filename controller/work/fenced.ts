import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import { HttpError } from "@transpod/runtime/problems.ts";

/** The worker is fenced: another one holds the lease, or the attempt is over. */
export class FencedError extends HttpError {
  constructor({ fileId, attempt }: AttemptRef) {
    super(409, "fenced", `Attempt ${attempt} at file ${fileId} is over or has another worker.`);
  }
}
