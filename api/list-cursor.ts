import { fileCursor } from "@transpod/contract/public-api.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { ListPosition } from "@transpod/store/files.ts";

export function encodeCursor({ created_us, file_id }: ListPosition): string {
  return created_us.toString(16).padStart(13, "0") + file_id.replaceAll("-", "");
}

/** Throws an HttpError 422 for what does not look like a cursor; whatever does is a position. */
export function decodeCursor(cursor: string): ListPosition {
  const [, microseconds, file_id] = fileCursor.exec(cursor) ?? [];
  if (microseconds === undefined || file_id === undefined) throw invalidCursor();
  return { created_us: parseInt(microseconds, 16), file_id };
}

export function invalidCursor(): HttpError {
  return new HttpError(
    422,
    "invalid_cursor",
    "The cursor is not valid. Use `next_cursor` of the previous page, or omit it to get the first page.",
  );
}
