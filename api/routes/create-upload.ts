import { randomUUID } from "node:crypto";
import { rawKey } from "@transpod/contract/object-keys.ts";
import { maxPutBytes } from "@transpod/contract/part-layout.ts";
import {
  uploadRequest,
  uploadResponse,
  type UploadRequest,
} from "@transpod/contract/public-api.ts";
import { uploadTooLarge } from "@transpod/contract/refusal-sentences.ts";
import { HttpError, parseRequest } from "@transpod/runtime/problems.ts";
import { insertFile, type NewFile } from "@transpod/store/files.ts";
import { accessOf } from "../access/access.ts";
import type { ApiDeps } from "../deps.ts";
import { json, problems } from "../describe.ts";
import { jsonBody } from "../json-body.ts";
import type { Route } from "../route.ts";
import { signUpload, toUploadResponse } from "../uploads/sign-upload.ts";

export const createUpload: Route = {
  method: "post",
  path: "/upload",
  scope: "write",
  operation: {
    operationId: "createUpload",
    tags: ["files"],
    summary: "Announce a video and get a URL to upload it to",
    requestBody: { required: true, content: { "application/json": { schema: uploadRequest } } },
    responses: {
      200: json("Where to PUT the file", uploadResponse),
      ...problems(400, 413, 415, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const traced = deps.tracing?.begin("POST /upload", request.headers);
    if (traced !== undefined) response.once("close", () => traced.end(response.statusCode));
    const wanted = parseRequest(uploadRequest, jsonBody(request));
    refuseTooLarge(wanted, deps.settings.maxUploadBytes);
    const file = {
      ...announce(wanted, accessOf(request).keyId, deps),
      traceparent: traced?.traceparent,
    };
    const upload = wanted.multipart ? undefined : await signUpload(deps, file);
    const { file_id } = file;
    const upload_until = await deps.runStatement("create", request, file_id, (db, entry) =>
      insertFile(db, file, entry),
    );
    response.json(toUploadResponse({ ...file, upload_until }, upload));
  },
};

function announce(
  wanted: UploadRequest,
  api_key_id: string | null,
  { settings }: ApiDeps,
): NewFile {
  const file_id = randomUUID();
  return {
    file_id,
    file_name: wanted.file_name,
    s3_key: rawKey(wanted.file_name, file_id),
    priority: wanted.priority,
    declared_size_bytes: wanted.size_bytes ?? null,
    declared_content_type: wanted.content_type ?? null,
    settings: wanted.settings,
    delete_original: wanted.delete_original ?? settings.deleteOriginals,
    api_key_id,
    upload_expiry_seconds: settings.uploadExpirySeconds,
  };
}

function refuseTooLarge(
  { size_bytes: size = 0, multipart }: UploadRequest,
  maxUploadBytes: number,
): void {
  if (size > maxUploadBytes) {
    throw refusal("file_too_large", "size_bytes", uploadTooLarge(size, maxUploadBytes));
  }
  if (size > maxPutBytes && !multipart) {
    const message =
      `A single PUT takes at most ${maxPutBytes} bytes, and the file has ${size}. Set "multipart": ` +
      "true to upload it in parts.";
    throw refusal("multipart_needed", "multipart", message);
  }
}

function refusal(code: string, path: string, message: string): HttpError {
  return new HttpError(422, code, message, { errors: [{ path, message }] });
}
