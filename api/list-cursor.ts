import { fileCursor } from "@transpod/contract/list-api.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { ListPosition } from "@transpod/store/list-files.ts";

/** PostgreSQL's largest bigint has 19 digits, and its times end before this many microseconds. */
const maxNumber = 9e15;

export function encodeCursor({ position, file_id }: ListPosition): string {
  return file_id.replaceAll("-", "") + Buffer.from(position).toString("hex");
}

/**
 * Throws an HttpError 422 for what does not look like a cursor; whatever does is a position. In a list that is sorted
 * by a number, what is no number counts as 0.
 */
export function decodeCursor(cursor: string, isNumber: boolean): ListPosition {
  const [, file_id, hex] = fileCursor.exec(cursor) ?? [];
  if (file_id === undefined || hex === undefined) throw invalidCursor();
  const text = Buffer.from(hex, "hex").toString().replaceAll("\0", "");
  return { position: isNumber ? numberIn(text) : text, file_id };
}

function numberIn(text: string): string {
  return /^\d{1,16}$/.test(text) ? `${Math.min(Number(text), maxNumber)}` : "0";
}

export function invalidCursor(): HttpError {
  return new HttpError(
    422,
    "invalid_cursor",
    "The cursor is not valid. Use `next_cursor` of the previous page, or omit it to get the first page.",
  );
}
