import {
  CreateMultipartUploadCommand,
  ListPartsCommand,
  NoSuchUpload,
  type Part as S3Part,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Request } from "express";
import { contentTypes, videoExtension } from "@transpod/contract/object-keys.ts";
import { layOutParts, partBytesOf } from "@transpod/contract/part-layout.ts";
import type { MultipartUpload } from "@transpod/contract/multipart-api.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { abortUpload } from "@transpod/runtime/delete-objects.ts";
import { findObject } from "@transpod/runtime/find-object.ts";
import { HttpError } from "@transpod/runtime/problems.ts";
import { markUploaded } from "@transpod/store/sweeps.ts";
import { setMultipart, type UploadRow } from "@transpod/store/uploads.ts";
import type { ApiDeps } from "../deps.ts";
import { findFile } from "../find-file.ts";
import { refusalOf } from "./find-upload.ts";

export type StoredParts = MultipartUpload["parts"];

/** Throws an HttpError 409 when the size is unknown, and so the number of parts. */
export function declaredSize({ declared_size_bytes: size }: UploadRow): number {
  if (size !== null) return size;
  const detail =
    "The file was announced without size_bytes, which an upload in parts needs. Announce it again with its size.";
  throw new HttpError(409, "size_not_declared", detail);
}

/** How S3 names a file's multipart upload. */
export function targetOf({ buckets }: ApiDeps, { s3_key, upload_id }: UploadRow) {
  return { Bucket: buckets.raw, Key: s3_key, UploadId: upload_id ?? undefined };
}

/** Undefined when none has begun, or S3 no longer has it because it was joined or aborted. */
export async function storedParts(deps: ApiDeps, row: UploadRow): Promise<StoredParts | undefined> {
  if (row.upload_id === null) return undefined;
  try {
    return (await allParts(deps.s3, targetOf(deps, row))).map(toStoredPart);
  } catch (error) {
    if (error instanceof NoSuchUpload) return undefined;
    throw error;
  }
}

/**
 * The last page also has a part number to continue from, 0, with which the SDK's paginator would begin
 * again, for ever.
 * https://github.com/aws/aws-sdk-go-v2/issues/1140
 */
async function allParts(
  s3: S3Client,
  target: ReturnType<typeof targetOf>,
  after?: string,
): Promise<S3Part[]> {
  const page = new ListPartsCommand({ ...target, PartNumberMarker: after });
  const { Parts = [], IsTruncated, NextPartNumberMarker } = await s3.send(page);
  if (IsTruncated !== true) return Parts;
  return [...Parts, ...(await allParts(s3, target, NextPartNumberMarker))];
}

function toStoredPart({ PartNumber = 0, Size = 0, ETag = "" }: S3Part): StoredParts[number] {
  return { part_number: PartNumber, size_bytes: Size, etag: ETag.replaceAll('"', "") };
}

export function toMultipartUpload(row: UploadRow, parts: StoredParts): MultipartUpload {
  const size = declaredSize(row);
  return {
    file_id: row.file_id,
    size_bytes: size,
    part_size_bytes: partBytesOf(size),
    part_count: layOutParts(size).length,
    parts,
  };
}

/** False when another request was faster, or the file no longer waits for its upload. */
export async function beginMultipart(deps: ApiDeps, row: UploadRow): Promise<boolean> {
  const target = { ...targetOf(deps, row), UploadId: undefined };
  const ContentType =
    row.declared_content_type ?? contentTypes[videoExtension(row.s3_key) ?? ".mp4"];
  const { UploadId } = await deps.s3.send(
    new CreateMultipartUploadCommand({ ...target, ContentType }),
  );
  if (UploadId === undefined) throw new Error("S3 began a multipart upload without an id");
  crashPoint("multipart_begun");
  const change = { before: row.upload_id, after: UploadId };
  if (await setMultipart(deps.pool, row.file_id, change)) return true;
  await abortUpload(deps.s3, { ...target, UploadId });
  return false;
}

/**
 * Looks for an object that may have been joined by a request that died before it recorded this, and
 * records it. False when there is no object.
 */
export async function recordJoinedUpload(
  { s3, buckets, pool }: ApiDeps,
  { file_id, s3_key }: UploadRow,
  version: string | null = null,
): Promise<boolean> {
  const object = await findObject(s3, { bucket: buckets.raw, key: s3_key, version });
  if (object !== undefined) await markUploaded(pool, file_id, object);
  return object !== undefined;
}

/** Throws an HttpError 409 when the upload is gone because it was joined. */
export async function refuseJoined(deps: ApiDeps, request: Request, row: UploadRow): Promise<void> {
  if (row.upload_id === null || !(await recordJoinedUpload(deps, row))) return;
  throw refusalOf(await findFile(deps.pool, request));
}

export function noMultipart(): HttpError {
  const detail =
    "There is no upload in parts for this file. Begin one with POST /upload/{file_id}/multipart.";
  return new HttpError(404, "multipart_not_found", detail);
}
