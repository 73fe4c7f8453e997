import { fileParams } from "@transpod/contract/parameters.ts";
import { abortUpload } from "@transpod/runtime/delete-objects.ts";
import { setMultipart } from "@transpod/store/uploads.ts";
import { problems } from "../describe.ts";
import type { Route } from "../route.ts";
import { findUpload } from "../uploads/find-upload.ts";
import { targetOf } from "../uploads/multipart.ts";

export const abortMultipart: Route = {
  method: "delete",
  path: "/upload/:file_id/multipart",
  scope: "write",
  operation: {
    operationId: "abortMultipart",
    tags: ["files"],
    summary: "Abort an upload in parts",
    description:
      "Deletes the parts. The file still waits for its upload, and another one can begin. Without an " +
      "upload to abort, nothing changes.",
    requestParams: { path: fileParams },
    responses: { 204: { description: "There are no parts" }, ...problems(400, 404, 409, 422, 503) },
  },
  handle: (deps) => async (request, response) => {
    const row = await findUpload(deps, request);
    if (row.upload_id !== null) {
      await abortUpload(deps.s3, targetOf(deps, row));
      await setMultipart(deps.pool, row.file_id, { before: row.upload_id, after: null });
    }
    response.status(204).end();
  },
};
