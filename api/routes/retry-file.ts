import { fileParams } from "@transpod/contract/parameters.ts";
import { fileStatus, retryRequest } from "@transpod/contract/public-api.ts";
import { HttpError, parseRequest } from "@transpod/runtime/problems.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import type { FileStatusRow } from "@transpod/store/files.ts";
import { requeueFile } from "@transpod/store/retry.ts";
import { json, problems } from "../describe.ts";
import { toFileStatus } from "../file-status.ts";
import { fileIdIn, findFile } from "../find-file.ts";
import { jsonBody } from "../json-body.ts";
import type { Route } from "../route.ts";
import { uploadExpired } from "../uploads/find-upload.ts";

export const retryFile: Route = {
  method: "post",
  path: "/upload/:file_id/retry",
  scope: "write",
  operation: {
    operationId: "retryFile",
    tags: ["files"],
    summary: "Retry a file that failed or was cancelled",
    description:
      "Queues one new attempt; failures are counted from zero again. Retrying a file that is queued " +
      "or processing already changes nothing, and its settings are ignored.",
    requestParams: { path: fileParams },
    requestBody: { content: { "application/json": { schema: retryRequest } } },
    responses: {
      200: json("The file", fileStatus),
      ...problems(400, 404, 409, 413, 415, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const fileId = fileIdIn(request);
    const { settings } = parseRequest(retryRequest, jsonBody(request));
    const outcome = await deps.runCommand("retry", request, fileId, async (db) => {
      const done = await requeueFile(db, fileId, settings);
      const file = await findFile(db, request);
      const refusal = done ? undefined : refuse(file);
      if (refusal !== undefined) throw refusal;
      return { done, file };
    });
    if (outcome.done) crashPoint("retry_committed");
    response.json(toFileStatus(await deps.forecast.addTo(outcome.file)));
  },
};

function refuse({
  state,
  source_version,
  original_deleted_at,
}: FileStatusRow): HttpError | undefined {
  if (state === "completed") {
    const detail =
      "The file is completed, so there is nothing to retry. Announce it again with POST /upload " +
      "to transcode it again.";
    return new HttpError(409, "file_completed", detail);
  }
  if (original_deleted_at !== null) {
    const detail =
      "The original is no longer kept, so it can't be transcoded again. Announce the video again with POST /upload.";
    return new HttpError(409, "original_deleted", detail);
  }
  if (source_version !== null) return undefined;
  if (state === "failed") return uploadExpired();
  const detail =
    state === "awaiting_upload"
      ? "Nothing was uploaded yet. PUT the file to its upload_url; it is then queued automatically."
      : "Nothing was uploaded before the file was cancelled. Announce it again with POST /upload.";
  return new HttpError(409, "not_uploaded", detail);
}
