import { layOutParts } from "@transpod/contract/part-layout.ts";
import { completeUpload } from "@transpod/runtime/complete-upload.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { UploadRow } from "@transpod/store/uploads.ts";
import type { ApiDeps } from "../deps.ts";
import { inRanges } from "./in-ranges.ts";
import {
  declaredSize,
  noMultipart,
  recordJoinedUpload,
  storedParts,
  targetOf,
  type StoredParts,
} from "./multipart.ts";

/**
 * Joins the parts of an upload, and records that the file is uploaded. Safe to repeat at every step: an
 * object that was joined before is found. Throws an HttpError 404 or 409.
 */
export async function joinParts(deps: ApiDeps, row: UploadRow): Promise<void> {
  const stored = await storedParts(deps, row);
  const version =
    stored === undefined ? null : await join(deps, row, requireAll(declaredSize(row), stored));
  if (!(await recordJoinedUpload(deps, row, version))) throw noMultipart();
}

/** The version of the object; null when another request joined the parts in the meantime. */
async function join(deps: ApiDeps, row: UploadRow, parts: StoredParts): Promise<string | null> {
  const quoted = parts.map(({ part_number, etag }) => ({ part_number, etag: `"${etag}"` }));
  const joined = await completeUpload(deps.s3, targetOf(deps, row), quoted);
  crashPoint("upload_joined");
  return joined?.VersionId ?? null;
}

/** The parts of the file, in order. A part with the wrong size counts as missing. */
function requireAll(sizeBytes: number, stored: StoredParts): StoredParts {
  const byNumber = new Map(stored.map((part) => [part.part_number, part]));
  const layout = layOutParts(sizeBytes);
  const parts: StoredParts = [];
  const missing: number[] = [];
  for (const { number, start, end } of layout) {
    const part = byNumber.get(number);
    if (part?.size_bytes === end - start) parts.push(part);
    else missing.push(number);
  }
  if (missing.length === 0) return parts;
  const detail =
    `${missing.length} of ${layout.length} parts are missing: ${inRanges(missing)}. Send them, and ` +
    "complete the upload again.";
  throw new HttpError(409, "parts_missing", detail);
}
