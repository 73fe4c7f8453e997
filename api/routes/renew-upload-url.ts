import { fileParams } from "@transpod/contract/parameters.ts";
import { uploadResponse } from "@transpod/contract/public-api.ts";
import { json, problems } from "../describe.ts";
import type { Route } from "../route.ts";
import { prolongedUpload } from "../uploads/find-upload.ts";
import { signUpload, toUploadResponse } from "../uploads/sign-upload.ts";

export const renewUploadUrl: Route = {
  method: "post",
  path: "/upload/:file_id/url",
  scope: "write",
  operation: {
    operationId: "renewUploadUrl",
    tags: ["files"],
    summary: "Get another URL for a file that waits for its upload",
    description:
      "For the same object, with the same declared size and type, after the first URL has expired.",
    requestParams: { path: fileParams },
    responses: {
      200: json("Where to PUT the file", uploadResponse),
      ...problems(400, 404, 409, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const row = await prolongedUpload(deps, request);
    response.json(toUploadResponse(row, await signUpload(deps, row)));
  },
};
