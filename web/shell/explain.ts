import { ApiError } from "../api.ts";
import { words } from "../words.ts";

/** A failure as a sentence with a next step. The server's own sentences have one. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return words.problem.unreachable;
  if (error.status === 401) return words.problem.signedOut;
  if (error.message !== "") return error.message;
  return error.status === 403 ? words.problem.refused : words.problem.unknown(error.status);
}
