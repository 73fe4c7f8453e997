import { listQuery, listResponse, type ListResponse } from "@transpod/contract/public-api.ts";
import { parseRequest } from "@transpod/runtime/problems.ts";
import { listFileStatus } from "@transpod/store/files.ts";
import { accessOf, ownFilesOnly } from "../access/access.ts";
import { json, problems } from "../describe.ts";
import { toFileStatus } from "../file-status.ts";
import { decodeCursor, encodeCursor } from "../list-cursor.ts";
import type { Route } from "../route.ts";

export const listFiles: Route = {
  method: "get",
  path: "/upload",
  scope: "read",
  operation: {
    operationId: "listFiles",
    tags: ["files"],
    summary: "List files, newest first",
    description: "Lists the files that the API key created; with the scope admin, all files.",
    requestParams: { query: listQuery },
    responses: { 200: json("One page of the list", listResponse), ...problems(422, 503) },
  },
  handle:
    ({ pool }) =>
    async (request, response) => {
      const { status: state, limit, cursor } = parseRequest(listQuery, request.query);
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const createdBy = ownFilesOnly(accessOf(request));
      const rows = await listFileStatus(pool, { state, createdBy, after, limit });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const more = rows.length > limit;
      response.json({
        files: page.map(toFileStatus),
        next_cursor: more && last !== undefined ? encodeCursor(last) : null,
      } satisfies ListResponse);
    },
};
