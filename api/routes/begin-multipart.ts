import type { Request } from "express";
import { multipartUpload, type MultipartUpload } from "@transpod/contract/multipart-api.ts";
import { fileParams } from "@transpod/contract/parameters.ts";
import type { ApiDeps } from "../deps.ts";
import { json, problems } from "../describe.ts";
import type { Route } from "../route.ts";
import { prolongedUpload } from "../uploads/find-upload.ts";
import {
  beginMultipart as begin,
  declaredSize,
  refuseJoined,
  storedParts,
  toMultipartUpload,
} from "../uploads/multipart.ts";

export const beginMultipart: Route = {
  method: "post",
  path: "/upload/:file_id/multipart",
  scope: "write",
  operation: {
    operationId: "beginMultipart",
    tags: ["files"],
    summary: "Begin to upload a file in parts",
    description:
      "If one has begun already, the answer is that upload with the parts that S3 has, so that a " +
      "client can resume it. `POST /upload` must have had the file's size.",
    requestParams: { path: fileParams },
    responses: {
      200: json("How to split the file, and the parts that S3 has", multipartUpload),
      ...problems(400, 404, 409, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    response.json(await beginOrResume(deps, request));
  },
};

async function beginOrResume(deps: ApiDeps, request: Request): Promise<MultipartUpload> {
  const row = await prolongedUpload(deps, request);
  declaredSize(row);
  const parts = await storedParts(deps, row);
  if (parts !== undefined) return toMultipartUpload(row, parts);
  await refuseJoined(deps, request, row);
  if (await begin(deps, row)) return toMultipartUpload(row, []);
  // Another request began it, or the file no longer waits for its upload: read the row again.
  return await beginOrResume(deps, request);
}
