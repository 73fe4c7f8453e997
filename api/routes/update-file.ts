import { fileParams } from "@transpod/contract/parameters.ts";
import { fileStatus, updateRequest } from "@transpod/contract/public-api.ts";
import { parseRequest } from "@transpod/runtime/problems.ts";
import { setPriority } from "@transpod/store/priority.ts";
import { json, problems } from "../describe.ts";
import { toFileStatus } from "../file-status.ts";
import { fileIdIn, findFile } from "../find-file.ts";
import { jsonBody } from "../json-body.ts";
import type { Route } from "../route.ts";

export const updateFile: Route = {
  method: "patch",
  path: "/upload/:file_id",
  scope: "write",
  operation: {
    operationId: "updateFile",
    tags: ["files"],
    summary: "Change the priority of a file",
    description:
      "The answer has its new position in the queue. Repeating the request changes nothing.",
    requestParams: { path: fileParams },
    requestBody: { required: true, content: { "application/json": { schema: updateRequest } } },
    responses: {
      200: json("The file", fileStatus),
      ...problems(400, 404, 413, 415, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const fileId = fileIdIn(request);
    const { priority } = parseRequest(updateRequest, jsonBody(request));
    const outcome = await deps.runCommand("prioritize", request, fileId, async (db) => {
      const done = await setPriority(db, fileId, priority);
      return { done, file: await findFile(db, request) };
    });
    response.json(toFileStatus(await deps.forecast.addTo(outcome.file)));
  },
};
