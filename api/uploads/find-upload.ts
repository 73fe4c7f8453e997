import type { Request } from "express";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { FileStatusRow } from "@transpod/store/files.ts";
import { getUpload, prolongUpload, type UploadRow } from "@transpod/store/uploads.ts";
import type { ApiDeps } from "../deps.ts";
import { fileIdIn, findFile } from "../find-file.ts";

/** The file that the path names, which waits for its upload. Throws an HttpError: 404, 409 or 422. */
export async function findUpload(deps: ApiDeps, request: Request): Promise<UploadRow> {
  const row = await getUpload(deps.pool, fileIdIn(request));
  if (row?.state === "awaiting_upload") return row;
  throw refusalOf(await findFile(deps.pool, request));
}

/** The same, and from now on the file waits as long as one that is announced now. */
export async function prolongedUpload(deps: ApiDeps, request: Request): Promise<UploadRow> {
  const { pool, settings } = deps;
  const row = await prolongUpload(pool, fileIdIn(request), settings.uploadExpirySeconds);
  if (row !== undefined) return row;
  throw refusalOf(await findFile(deps.pool, request));
}

/** Whether the file's upload is complete in S3. */
export function hasArrived({ state, source_version }: FileStatusRow): boolean {
  return source_version !== null && state !== "cancelled";
}

/** Why a file takes no upload (any more). */
export function refusalOf(file: FileStatusRow): HttpError {
  if (hasArrived(file)) {
    const detail = "The file is uploaded already, so there is nothing to upload.";
    return new HttpError(409, "already_uploaded", detail);
  }
  if (file.state !== "cancelled") return uploadExpired();
  const next =
    file.source_version === null
      ? "Announce it again with POST /upload."
      : "It was uploaded before that, so it can be retried.";
  return new HttpError(409, "file_cancelled", `The file was cancelled. ${next}`);
}

export function uploadExpired(): HttpError {
  const detail = "Nothing was uploaded in time. Announce the file again with POST /upload.";
  return new HttpError(409, "upload_expired", detail);
}
