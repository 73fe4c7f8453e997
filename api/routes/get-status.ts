import { fileParams } from "@transpod/contract/parameters.ts";
import { fileStatus } from "@transpod/contract/public-api.ts";
import { json, problems } from "../describe.ts";
import { toFileStatus } from "../file-status.ts";
import { findFile } from "../find-file.ts";
import type { Route } from "../route.ts";

const everything: Pick<Route, "method" | "scope" | "handle"> = {
  method: "get",
  scope: "read",
  handle: (deps) => async (request, response) => {
    const file = await findFile(deps.pool, request);
    response.json(toFileStatus(await deps.forecast.addTo(file)));
  },
};

const operation = {
  tags: ["files"],
  requestParams: { path: fileParams },
  responses: { 200: json("The file", fileStatus), ...problems(400, 404, 422, 503) },
};

export const getFile: Route = {
  ...everything,
  path: "/upload/:file_id",
  operation: {
    ...operation,
    operationId: "getFile",
    summary: "Get a file: its status, its media and the verification of its result",
  },
};

/** The same under the name that the first specification gave it. */
export const getStatus: Route = {
  ...everything,
  path: "/upload/:file_id/status",
  operation: {
    ...operation,
    operationId: "getStatus",
    summary: "Get a file's status and progress",
  },
};
