import { overview, overviewQuery, type Overview } from "@transpod/contract/overview-api.ts";
import { unendedStates } from "@transpod/contract/states.ts";
import { parseRequest } from "@transpod/runtime/problems.ts";
import { countUnended, sumEndedAttempts, type EndedAttempts } from "@transpod/store/overview.ts";
import { accessOf, ownFilesOnly } from "../access/access.ts";
import { json, problems } from "../describe.ts";
import type { Route } from "../route.ts";

export const getOverview: Route = {
  method: "get",
  path: "/overview",
  scope: "read",
  operation: {
    operationId: "getOverview",
    tags: ["files"],
    summary: "Count what waits, what runs and what ended lately",
    description: "Counts the files that the API key created; with the scope admin, all files.",
    requestParams: { query: overviewQuery },
    responses: { 200: json("The counts", overview), ...problems(422, 503) },
  },
  handle:
    ({ pool }) =>
    async (request, response) => {
      const { hours } = parseRequest(overviewQuery, request.query);
      const createdBy = ownFilesOnly(accessOf(request));
      const [states, ended] = await Promise.all([
        countUnended(pool, createdBy),
        sumEndedAttempts(pool, { hours, createdBy }),
      ]);
      response.json({
        hours,
        states: Object.fromEntries(
          unendedStates.map((state) => [state, states.get(state) ?? 0]),
        ) as Overview["states"],
        last_hours: summarize(ended),
      } satisfies Overview);
    },
};

function summarize(ended: readonly EndedAttempts[]): Overview["last_hours"] {
  const completed = ended.find(({ outcome }) => outcome === "completed");
  const countOf = (outcome: EndedAttempts["outcome"]) =>
    ended.reduce((sum, each) => sum + (each.outcome === outcome ? each.count : 0), 0);
  return {
    completed: countOf("completed"),
    failed: countOf("failed"),
    cancelled: countOf("cancelled"),
    failures: ended.flatMap(({ failure_code: code, count }) =>
      code === null ? [] : { code, count },
    ),
    original_bytes: completed?.original_bytes ?? 0,
    processed_bytes: completed?.processed_bytes ?? 0,
    video_seconds: completed?.video_seconds ?? 0,
    processing_seconds: completed?.processing_seconds ?? 0,
  };
}
