import { fileParams } from "@transpod/contract/parameters.ts";
import { fileStatus } from "@transpod/contract/public-api.ts";
import { prolongUpload } from "@transpod/store/uploads.ts";
import { json, problems } from "../describe.ts";
import { toFileStatus } from "../file-status.ts";
import { fileIdIn, findFile } from "../find-file.ts";
import type { Route } from "../route.ts";
import { hasArrived, refusalOf } from "../uploads/find-upload.ts";
import { joinParts } from "../uploads/join-parts.ts";

export const completeMultipart: Route = {
  method: "post",
  path: "/upload/:file_id/multipart/complete",
  scope: "write",
  operation: {
    operationId: "completeMultipart",
    tags: ["files"],
    summary: "Complete an upload in parts",
    description:
      "Checks which parts S3 has; the error names the missing ones. Repeating the request, for " +
      "example when the answer was lost, changes nothing.",
    requestParams: { path: fileParams },
    responses: {
      200: json("The file, now uploaded", fileStatus),
      ...problems(400, 404, 409, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const { pool, settings } = deps;
    const row = await prolongUpload(pool, fileIdIn(request), settings.uploadExpirySeconds);
    if (row !== undefined) await joinParts(deps, row);
    const file = await findFile(deps.pool, request);
    // Cancelled, perhaps just now.
    if (!hasArrived(file)) throw refusalOf(file);
    response.json(toFileStatus(await deps.forecast.addTo(file)));
  },
};
