import { fileParams } from "@transpod/contract/parameters.ts";
import { downloadResponse } from "@transpod/contract/public-api.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { json, problems } from "../describe.ts";
import { findFile } from "../find-file.ts";
import type { Route } from "../route.ts";
import { signDownload } from "../sign-download.ts";

export const downloadOriginal: Route = {
  method: "get",
  path: "/upload/:file_id/download/original",
  scope: "read",
  operation: {
    operationId: "downloadOriginal",
    tags: ["files"],
    summary: "Get a URL that downloads the file as it was uploaded",
    requestParams: { path: fileParams },
    responses: {
      200: json("A presigned URL", downloadResponse),
      ...problems(400, 404, 410, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const file = await findFile(deps.pool, request);
    if (file.source_version === null) {
      throw new HttpError(
        404,
        "original_not_available",
        `Original file not available. Current status: ${file.state}`,
      );
    }
    if (file.original_deleted_at !== null) {
      const next =
        file.processed_key === null || file.result_deleted_at !== null
          ? "Upload it again to transcode it."
          : "The result can still be downloaded.";
      throw new HttpError(410, "original_deleted", `The original is no longer kept. ${next}`);
    }
    const source = { bucket: deps.buckets.raw, key: file.s3_key, version: file.source_version };
    response.json({ download_url: await signDownload(deps, source, file.file_name) });
  },
};
