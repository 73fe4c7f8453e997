import { posterKey } from "@transpod/contract/object-keys.ts";
import { fileParams } from "@transpod/contract/parameters.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { getStills } from "@transpod/store/stills.ts";
import { problems } from "../describe.ts";
import { findFile } from "../find-file.ts";
import type { Route } from "../route.ts";
import { signPicture } from "../sign-picture.ts";

export const getPoster: Route = {
  method: "get",
  path: "/upload/:file_id/poster",
  scope: "read",
  operation: {
    operationId: "getPoster",
    tags: ["files"],
    summary: "Get a small picture of the result",
    description:
      "A redirect to a JPEG of at most 320 pixels in each direction, so that this address can be that of " +
      "an `<img>`.",
    requestParams: { path: fileParams },
    responses: {
      302: {
        description: "The picture is at this presigned URL",
        headers: { Location: { schema: { type: "string", format: "uri" } } },
      },
      ...problems(400, 404, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const file = await findFile(deps.pool, request);
    const published = await getStills(deps.pool, file.file_id);
    if (published === undefined) {
      throw new HttpError(
        404,
        "no_poster",
        `The file has no poster. Current status: ${file.state}`,
      );
    }
    const { url, expiresAt } = await signPicture(deps, posterKey(published));
    response.set("Cache-Control", `private, max-age=${cacheSeconds(expiresAt, new Date())}`);
    response.redirect(302, url);
  },
};

/** Half of the URL's remaining life, so that a cached redirect still works. */
export function cacheSeconds(expiresAt: Date, now: Date): number {
  return Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / 2_000));
}
