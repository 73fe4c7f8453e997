import { listQuery, listResponse, type ListResponse } from "@transpod/contract/list-api.ts";
import { parseRequest } from "@transpod/runtime/problems.ts";
import { listFileStatus } from "@transpod/store/list-files.ts";
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
    summary: "List and search files",
    description:
      "Lists the files that the API key created; with the scope admin, all files. A cursor continues the list of the same " +
      "`sort` and `order`. A file without a size sorts as 0 bytes.",
    requestParams: { query: listQuery },
    responses: { 200: json("One page of the list", listResponse), ...problems(422, 503) },
  },
  handle:
    ({ pool, forecast }) =>
    async (request, response) => {
      const query = parseRequest(listQuery, request.query);
      const { status: states, search, sort, order, limit, cursor } = query;
      const after = cursor === undefined ? undefined : decodeCursor(cursor, sort !== "file_name");
      const createdBy = ownFilesOnly(accessOf(request));
      const options = { states, search, sort, order, createdBy, after, limit };
      const rows = await listFileStatus(pool, options);
      const page = await forecast.addToAll(rows.slice(0, limit));
      const last = page.at(-1);
      const more = rows.length > limit;
      response.json({
        files: page.map(toFileStatus),
        next_cursor: more && last !== undefined ? encodeCursor(last) : null,
      } satisfies ListResponse);
    },
};
