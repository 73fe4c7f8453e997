import { layOutParts, type Part } from "@transpod/contract/part-layout.ts";
import {
  uploadPartsRequest,
  uploadPartsResponse,
  type UploadPartsResponse,
} from "@transpod/contract/multipart-api.ts";
import { fileParams } from "@transpod/contract/parameters.ts";
import { HttpError, parseRequest } from "@transpod/runtime/problems.ts";
import type { ApiDeps } from "../deps.ts";
import { json, problems } from "../describe.ts";
import { jsonBody } from "../json-body.ts";
import { signUrl } from "../presign.ts";
import type { Route } from "../route.ts";
import { prolongedUpload } from "../uploads/find-upload.ts";
import { declaredSize, noMultipart } from "../uploads/multipart.ts";

export const signParts: Route = {
  method: "post",
  path: "/upload/:file_id/multipart/parts",
  scope: "write",
  operation: {
    operationId: "signParts",
    tags: ["files"],
    summary: "Get URLs to PUT parts to",
    description:
      "May be repeated: a part that is sent again replaces the earlier one. Part n begins at byte " +
      "(n - 1) * part_size_bytes.",
    requestParams: { path: fileParams },
    requestBody: {
      required: true,
      content: { "application/json": { schema: uploadPartsRequest } },
    },
    responses: {
      200: json("Presigned URLs", uploadPartsResponse),
      ...problems(400, 404, 409, 413, 415, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const { part_numbers } = parseRequest(uploadPartsRequest, jsonBody(request));
    const row = await prolongedUpload(deps, request);
    const { s3_key, upload_id: uploadId } = row;
    if (uploadId === null) throw noMultipart();
    const layout = layOutParts(declaredSize(row));
    const parts = part_numbers.map((number) => layout[number - 1] ?? refuse(number, layout.length));
    const signed = await Promise.all(
      parts.map((part) => signPart(deps, { s3_key, uploadId }, part)),
    );
    response.json({
      parts: signed.map((part) => part.answer),
      expires_at: new Date(Math.min(...signed.map((part) => part.expiresAt))).toISOString(),
    } satisfies UploadPartsResponse);
  },
};

async function signPart(
  { publicS3, buckets, settings }: ApiDeps,
  { s3_key, uploadId }: { s3_key: string; uploadId: string },
  { number, start, end }: Part,
) {
  const upload_headers = { "Content-Length": String(end - start) };
  const request = {
    operation: "UploadPart",
    ...{ bucket: buckets.raw, key: s3_key },
    query: { partNumber: String(number), uploadId },
    headers: upload_headers,
  } as const;
  const { url, expiresAt } = await signUrl(publicS3, request, settings.uploadUrlTtlSeconds);
  const answer = { part_number: number, upload_url: url, upload_headers };
  return { answer, expiresAt: expiresAt.getTime() };
}

function refuse(number: number, count: number): never {
  const message = `There is no part ${number}: the file has ${count} parts.`;
  throw new HttpError(409, "no_such_part", message);
}
