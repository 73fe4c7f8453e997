import { statusEvent } from "@transpod/contract/events-api.ts";
import { fileParams } from "@transpod/contract/parameters.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import { accessOf } from "../access/access.ts";
import { problems } from "../describe.ts";
import { beginStream } from "../events/begin-stream.ts";
import { eventId, streamFile } from "../events/stream-file.ts";
import { findFile } from "../find-file.ts";
import type { Route } from "../route.ts";

export const watchFile: Route = {
  method: "get",
  path: "/upload/:file_id/events",
  scope: "read",
  operation: {
    operationId: "watchFile",
    tags: ["files"],
    summary: "Watch a file until it has ended",
    description:
      "Server-sent events: each has the name `status` and a FileEvent as its data. The first one has " +
      "the current state of the file. The stream ends when the file has ended or is deleted. An " +
      "EventSource that reconnects after the last event gets 204, which tells it not to reconnect. The " +
      "stream also ends when its API key is revoked, or its session has ended. A client that reconnects " +
      "then gets 401, as for every request with that key or session.",
    requestParams: { path: fileParams },
    responses: {
      200: {
        // OpenAPI 3.1 has no words for a stream; 3.2 calls the same `itemSchema`.
        description: "The events; the schema is that of each",
        content: { "text/event-stream": { schema: statusEvent } },
      },
      204: { description: "There is no event after the one that Last-Event-ID names" },
      ...problems(400, 404, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const file = await findFile(deps.pool, request);
    if (isTerminal(file.state) && request.get("last-event-id") === eventId(file)) {
      response.status(204).end();
      return;
    }
    beginStream(response, deps.events);
    if (request.method === "HEAD") response.end();
    else {
      const first = await deps.forecast.addTo(file);
      streamFile(response, deps.events, first, accessOf(request));
    }
  },
};
