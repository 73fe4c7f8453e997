import { z } from "zod";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { ListPosition } from "@transpod/store/files.ts";

/** A timestamp as Postgres writes it, to the microsecond: `2026-01-31 12:00:00.123456+00`. */
const timestamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d){0,2}$/;
const position = z.tuple([z.string().regex(timestamp), z.guid()]);

/** Opaque to clients, so that its contents can change. */
export function encodeCursor({ created_at, file_id }: ListPosition): string {
  return Buffer.from(JSON.stringify([created_at, file_id])).toString("base64url");
}

/** Throws an HttpError 422 for anything that `encodeCursor` can't have made. */
export function decodeCursor(cursor: string): ListPosition {
  const parsed = position.safeParse(parseJson(Buffer.from(cursor, "base64url").toString()));
  if (!parsed.success) throw invalidCursor();
  const [created_at, file_id] = parsed.data;
  return { created_at, file_id };
}

export function invalidCursor(cause?: unknown): HttpError {
  return new HttpError(
    422,
    "invalid_cursor",
    "The cursor is not valid. Use `next_cursor` of the previous page, or omit it to get the first page.",
    { cause },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
