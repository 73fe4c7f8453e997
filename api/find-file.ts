import type { Request } from "express";
import { fileParams } from "@transpod/contract/parameters.ts";
import { HttpError, parseRequest } from "@transpod/runtime/problems.ts";
import type { Database } from "@transpod/store/database.ts";
import { getFileStatus, type FileStatusRow } from "@transpod/store/files.ts";
import { getTombstone } from "@transpod/store/tombstones.ts";

/**
 * The file that the path names. Throws an HttpError: 422 when the id is malformed, 404 when the file is
 * unknown or deleted.
 */
export async function findFile(db: Database, request: Request): Promise<FileStatusRow> {
  const fileId = fileIdIn(request);
  const row = await getFileStatus(db, fileId);
  if (row !== undefined) return row;
  await requireDeleted(db, fileId);
  throw new HttpError(404, "file_deleted", `File with ID ${fileId} was deleted.`);
}

/** Throws an HttpError 404 unless the file was deleted. */
export async function requireDeleted(db: Database, fileId: string): Promise<void> {
  if ((await getTombstone(db, fileId)) !== undefined) return;
  throw fileNotFound(fileId);
}

export function fileNotFound(fileId: string): HttpError {
  return new HttpError(404, "file_not_found", `File with ID ${fileId} not found.`);
}

/** The id in the path. Throws an HttpError 422 when it is malformed. */
export function fileIdIn(request: Request): string {
  return parseRequest(fileParams, request.params, "invalid_file_id").file_id;
}
