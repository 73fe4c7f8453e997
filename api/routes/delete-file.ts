import { fileParams } from "@transpod/contract/public-api.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { deleteFile as remove } from "@transpod/store/tombstones.ts";
import { problems } from "../describe.ts";
import { fileIdIn, requireDeleted } from "../find-file.ts";
import type { Route } from "../route.ts";

export const deleteFile: Route = {
  method: "delete",
  path: "/upload/:file_id",
  operation: {
    operationId: "deleteFile",
    tags: ["files"],
    summary: "Delete a file with all that belongs to it",
    description:
      "From the answer on the file is gone; a worker that is at it ends, and the original and the " +
      "result are deleted, within seconds. Deleting a deleted file changes nothing.",
    requestParams: { path: fileParams },
    responses: { 204: { description: "It is deleted" }, ...problems(400, 404, 422, 503) },
  },
  handle: (deps) => async (request, response) => {
    const fileId = fileIdIn(request);
    const done = await remove(deps.pool, fileId);
    if (done) crashPoint("delete_committed");
    if (!done) await requireDeleted(deps, fileId);
    deps.recordCommand("delete", done ? "done" : "unchanged", fileId);
    response.status(204).end();
  },
};
