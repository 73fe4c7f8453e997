import { explanation } from "@transpod/contract/explain-api.ts";
import { fileParams } from "@transpod/contract/parameters.ts";
import { json, problems } from "../describe.ts";
import { readStory } from "../explain/read-story.ts";
import { tellStory } from "../explain/tell-story.ts";
import type { Route } from "../route.ts";

export const explainFile: Route = {
  method: "get",
  path: "/upload/:file_id/explain",
  scope: "read",
  operation: {
    operationId: "explainFile",
    tags: ["files"],
    summary: "Tell what happened to a file and why, and what comes next",
    description:
      "Sentences for people, with their times: the wording may change, `kind`, `code` and `cause` are stable. " +
      "An attempt that failed has the last lines of its worker's log. Names of other API keys, and webhooks, " +
      "are only told to a key with the scope admin.",
    requestParams: { path: fileParams },
    responses: { 200: json("The story", explanation), ...problems(400, 404, 422, 503) },
  },
  handle: (deps) => async (request, response) => {
    response.json(tellStory(await readStory(deps, request)));
  },
};
