import { fileParams, fileStatus } from "@transpod/contract/public-api.ts";
import { json, problems } from "../describe.ts";
import { toFileStatus } from "../file-status.ts";
import { findFile } from "../find-file.ts";
import type { Route } from "../route.ts";

export const getStatus: Route = {
  method: "get",
  path: "/upload/:file_id/status",
  scope: "read",
  operation: {
    operationId: "getStatus",
    tags: ["files"],
    summary: "See how far a file is",
    requestParams: { path: fileParams },
    responses: { 200: json("The file", fileStatus), ...problems(400, 404, 422, 503) },
  },
  handle: (deps) => async (request, response) => {
    response.json(toFileStatus(await findFile(deps.pool, request)));
  },
};
