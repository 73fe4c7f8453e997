import { randomUUID } from "node:crypto";
import { rawKey } from "@transpod/contract/object-keys.ts";
import {
  uploadRequest,
  uploadResponse,
  type UploadRequest,
  type UploadResponse,
} from "@transpod/contract/public-api.ts";
import { HttpError, parseRequest } from "@transpod/runtime/problems.ts";
import { insertFile } from "@transpod/store/files.ts";
import { accessOf } from "../access/access.ts";
import { json, problems } from "../describe.ts";
import { jsonBody } from "../json-body.ts";
import type { Route } from "../route.ts";
import { signUpload } from "../sign-upload.ts";

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
    const wanted = parseRequest(uploadRequest, jsonBody(request));
    refuseTooLarge(wanted, deps.settings.maxUploadBytes);
    const fileId = randomUUID();
    const s3Key = rawKey(wanted.file_name, fileId);
    const upload = await signUpload(deps, s3Key, wanted);
    await deps.runCommand("create", request, fileId, async (db) => {
      await insertFile(db, {
        file_id: fileId,
        file_name: wanted.file_name,
        s3_key: s3Key,
        priority: wanted.priority,
        declared_size_bytes: wanted.size_bytes ?? null,
        declared_content_type: wanted.content_type ?? null,
        settings: wanted.settings,
        api_key_id: accessOf(request).keyId,
      });
      return { done: true };
    });
    response.json({
      file_id: fileId,
      upload_url: upload.url,
      s3_key: s3Key,
      upload_headers: upload.headers,
      expires_at: upload.expiresAt.toISOString(),
    } satisfies UploadResponse);
  },
};

function refuseTooLarge({ size_bytes }: UploadRequest, maxUploadBytes: number): void {
  if (size_bytes === undefined || size_bytes <= maxUploadBytes) return;
  const message = `The file is too large: ${size_bytes} bytes, but at most ${maxUploadBytes} are accepted.`;
  throw new HttpError(422, "file_too_large", message, {
    errors: [{ path: "size_bytes", message }],
  });
}
