import { posterKey, stillKey } from "@transpod/contract/object-keys.ts";
import { fileParams } from "@transpod/contract/parameters.ts";
import { stillsResponse } from "@transpod/contract/stills-api.ts";
import { getStills, type PublishedStills } from "@transpod/store/stills.ts";
import type { ApiDeps } from "../deps.ts";
import { json, problems } from "../describe.ts";
import { findFile } from "../find-file.ts";
import type { Route } from "../route.ts";
import { signPicture } from "../sign-picture.ts";

export const listStills: Route = {
  method: "get",
  path: "/upload/:file_id/stills",
  scope: "read",
  operation: {
    operationId: "listStills",
    tags: ["files"],
    summary: "Get pictures that show the same frames before and after",
    description:
      "Pairs of pictures: a frame of the file as it was uploaded, and the same frame of the transcoded " +
      "file, as it is displayed. The list is empty until the file is completed, and when the pictures " +
      "could not be made.",
    requestParams: { path: fileParams },
    responses: { 200: json("The pictures", stillsResponse), ...problems(400, 404, 422, 503) },
  },
  handle: (deps) => async (request, response) => {
    const file = await findFile(deps.pool, request);
    const published = await getStills(deps.pool, file.file_id);
    response.json(
      published === undefined ? { poster_url: null, stills: [] } : await sign(deps, published),
    );
  },
};

async function sign(deps: ApiDeps, { stills, ...ref }: PublishedStills) {
  const urlOf = async (key: string) => (await signPicture(deps, key)).url;
  return {
    poster_url: await urlOf(posterKey(ref)),
    stills: await Promise.all(
      stills.map(async (still, pair) => ({
        ...still,
        original_url: await urlOf(stillKey(ref, pair, "original")),
        processed_url: await urlOf(stillKey(ref, pair, "processed")),
      })),
    ),
  };
}
