import { multipartUpload } from "@transpod/contract/multipart-api.ts";
import { fileParams } from "@transpod/contract/parameters.ts";
import { json, problems } from "../describe.ts";
import type { Route } from "../route.ts";
import { findUpload } from "../uploads/find-upload.ts";
import { noMultipart, refuseJoined, storedParts, toMultipartUpload } from "../uploads/multipart.ts";

export const getMultipart: Route = {
  method: "get",
  path: "/upload/:file_id/multipart",
  scope: "read",
  operation: {
    operationId: "getMultipart",
    tags: ["files"],
    summary: "Get the parts that S3 has",
    description: "A client that was restarted can then send only the missing parts.",
    requestParams: { path: fileParams },
    responses: {
      200: json("How the file is split, and the parts that S3 has", multipartUpload),
      ...problems(400, 404, 409, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const row = await findUpload(deps, request);
    const parts = await storedParts(deps, row);
    if (parts === undefined) {
      await refuseJoined(deps, request, row);
      throw noMultipart();
    }
    response.json(toMultipartUpload(row, parts));
  },
};
