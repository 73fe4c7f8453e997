import { fileParams } from "@transpod/contract/parameters.ts";
import { fileStatus } from "@transpod/contract/public-api.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { cancelFile as cancel } from "@transpod/store/cancel.ts";
import { json, problems } from "../describe.ts";
import { toFileStatus } from "../file-status.ts";
import { fileIdIn, findFile } from "../find-file.ts";
import type { Route } from "../route.ts";

const nothingToCancel = {
  completed: "The file is completed, so there is nothing to cancel. Delete it if it is not needed.",
  failed: "The file has failed, so there is nothing to cancel. Retry it, or delete it.",
};

export const cancelFile: Route = {
  method: "post",
  path: "/upload/:file_id/cancel",
  scope: "write",
  operation: {
    operationId: "cancelFile",
    tags: ["files"],
    summary: "Stop working on a file",
    description:
      "After the answer no result is published. A running worker ends within seconds. Cancelling a " +
      "cancelled file changes nothing.",
    requestParams: { path: fileParams },
    responses: {
      200: json("The file, cancelled", fileStatus),
      ...problems(400, 404, 409, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const fileId = fileIdIn(request);
    const outcome = await deps.runCommand("cancel", request, fileId, async (db) => {
      const done = await cancel(db, fileId);
      const file = await findFile(db, request);
      if (!done && (file.state === "completed" || file.state === "failed")) {
        throw new HttpError(409, `file_${file.state}`, nothingToCancel[file.state]);
      }
      return { done, file };
    });
    if (outcome.done) crashPoint("cancel_committed");
    response.json(toFileStatus(await deps.forecast.addTo(outcome.file)));
  },
};
