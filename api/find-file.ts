import type { Request } from "express";
import { fileParams } from "@transpod/contract/public-api.ts";
import { HttpError, parseRequest } from "@transpod/runtime/problems.ts";
import { getFileStatus, type FileStatusRow } from "@transpod/store/files.ts";
import type { ApiDeps } from "./deps.ts";

/** The file that the path names. Throws an HttpError: 422 when it can't be an id, 404 when unknown. */
export async function findFile({ pool }: ApiDeps, request: Request): Promise<FileStatusRow> {
  const fileId = fileIdIn(request);
  const row = await getFileStatus(pool, fileId);
  if (row === undefined) {
    throw new HttpError(404, "file_not_found", `File with ID ${fileId} not found.`);
  }
  return row;
}

/** The id in the path. Throws an HttpError 422 when it can't be one. */
export function fileIdIn(request: Request): string {
  return parseRequest(fileParams, request.params, "invalid_file_id").file_id;
}
