import { fileListEvent } from "@transpod/contract/events-api.ts";
import { accessOf, ownFilesOnly } from "../access/access.ts";
import { problems } from "../describe.ts";
import { streamFiles } from "../events/stream-files.ts";
import { beginStream } from "../events/begin-stream.ts";
import type { Route } from "../route.ts";

export const watchFiles: Route = {
  method: "get",
  path: "/events",
  scope: "read",
  operation: {
    operationId: "watchFiles",
    tags: ["files"],
    summary: "Watch all files",
    description:
      "Server-sent events about the files that the API key created; with the scope admin, about all files. `file` has " +
      "the FileStatus of a file that changed, `deleted` has a `file_id`. Nothing is repeated: list the files when " +
      "`ready` comes, which is the first event, and comes again when changes may have been missed. `queue` comes at " +
      "most every two seconds, when places in the queue may have changed: the files that keep waiting are not sent. " +
      "The stream ends when its API key is revoked, or its session has ended.",
    responses: {
      200: {
        description: "The events; the schema is that of each",
        content: { "text/event-stream": { schema: fileListEvent } },
      },
      ...problems(503),
    },
  },
  handle: (deps) => (request, response) => {
    const access = accessOf(request);
    beginStream(response, deps.events);
    if (request.method === "HEAD") return void response.end();
    const { keyId, session } = access;
    streamFiles(response, deps.events, { owner: ownFilesOnly(access), keyId, session });
  },
};
