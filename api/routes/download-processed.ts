import { parse } from "node:path";
import { fileParams } from "@transpod/contract/parameters.ts";
import { downloadResponse } from "@transpod/contract/public-api.ts";
import type { Codec } from "@transpod/contract/work-protocol.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { json, problems } from "../describe.ts";
import { findFile } from "../find-file.ts";
import type { Route } from "../route.ts";
import { signDownload } from "../sign-download.ts";

export const downloadProcessed: Route = {
  method: "get",
  path: "/upload/:file_id/download/processed",
  scope: "read",
  operation: {
    operationId: "downloadProcessed",
    tags: ["files"],
    summary: "Get a URL that downloads the transcoded file",
    requestParams: { path: fileParams },
    responses: {
      200: json("A presigned URL", downloadResponse),
      ...problems(400, 404, 410, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const file = await findFile(deps.pool, request);
    if (file.processed_key === null) {
      throw new HttpError(
        404,
        "processed_not_available",
        `Processed file not available. Current status: ${file.state}`,
      );
    }
    if (file.result_deleted_at !== null) {
      const detail =
        "The result is no longer kept. Announce the video again with POST /upload to transcode it again.";
      throw new HttpError(410, "result_deleted", detail);
    }
    const result = { bucket: deps.buckets.processed, key: file.processed_key, version: null };
    const name = processedName(file.file_name, file.target_codec);
    response.json({ download_url: await signDownload(deps, result, name) });
  },
};

/** `holiday.mov` becomes `holiday.hevc.mov`, so that both can lie in one folder. */
export function processedName(fileName: string, codec: Codec | null): string {
  const { name, ext } = parse(fileName);
  return codec === null ? fileName : `${name}.${codec}${ext}`;
}
