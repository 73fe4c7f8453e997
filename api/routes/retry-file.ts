import { fileParams, fileStatus } from "@transpod/contract/public-api.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { FileStatusRow } from "@transpod/store/files.ts";
import { requeueFile } from "@transpod/store/retry.ts";
import { json, problems } from "../describe.ts";
import { toFileStatus } from "../file-status.ts";
import { fileIdIn, findFile } from "../find-file.ts";
import type { Route } from "../route.ts";

export const retryFile: Route = {
  method: "post",
  path: "/upload/:file_id/retry",
  operation: {
    operationId: "retryFile",
    tags: ["files"],
    summary: "Try a file again that failed or was cancelled",
    description:
      "Queues one new attempt, with as many failures allowed as at first. Retrying a file that is " +
      "queued or being worked on already changes nothing.",
    requestParams: { path: fileParams },
    responses: { 200: json("The file", fileStatus), ...problems(400, 404, 409, 422, 503) },
  },
  handle: (deps) => async (request, response) => {
    const fileId = fileIdIn(request);
    const done = await requeueFile(deps.pool, fileId);
    if (done) crashPoint("retry_committed");
    const file = await findFile(deps, request);
    const refusal = done ? undefined : refuse(file);
    if (refusal !== undefined) {
      deps.recordCommand("retry", "refused", fileId);
      throw refusal;
    }
    deps.recordCommand("retry", done ? "done" : "unchanged", fileId);
    response.json(toFileStatus(file));
  },
};

function refuse({ state, source_version }: FileStatusRow): HttpError | undefined {
  if (state === "completed") {
    const detail =
      "The file is completed, so there is nothing to retry. Announce it again with POST /upload " +
      "to have it transcoded once more.";
    return new HttpError(409, "file_completed", detail);
  }
  if (source_version !== null) return undefined;
  const detail =
    state === "awaiting_upload"
      ? "Nothing was uploaded yet. PUT the file to its upload_url; it is then queued by itself."
      : "Nothing was uploaded before the file was cancelled. Announce it again with POST /upload.";
  return new HttpError(409, "not_uploaded", detail);
}
