import { fileParams } from "@transpod/contract/parameters.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { deleteFile as remove } from "@transpod/store/tombstones.ts";
import { problems } from "../describe.ts";
import { fileIdIn, requireDeleted } from "../find-file.ts";
import type { Route } from "../route.ts";

export const deleteFile: Route = {
  method: "delete",
  path: "/upload/:file_id",
  scope: "write",
  operation: {
    operationId: "deleteFile",
    tags: ["files"],
    summary: "Delete a file with its original and its result",
    description:
      "After the answer the file no longer exists. Within seconds a running worker ends, and the " +
      "original and the result are deleted. Deleting a deleted file changes nothing.",
    requestParams: { path: fileParams },
    responses: { 204: { description: "It is deleted" }, ...problems(400, 404, 422, 503) },
  },
  handle: (deps) => async (request, response) => {
    const fileId = fileIdIn(request);
    const { done: isDeleted } = await deps.runCommand("delete", request, fileId, async (db) => {
      const done = await remove(db, fileId);
      if (!done) await requireDeleted(db, fileId);
      return { done };
    });
    if (isDeleted) crashPoint("delete_committed");
    response.status(204).end();
  },
};
