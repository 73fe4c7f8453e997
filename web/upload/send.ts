import type { MultipartUpload, UploadPartsResponse } from "@transpod/contract/multipart-api.ts";
import type { FileStatus, UploadResponse } from "@transpod/contract/public-api.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { ApiError, request } from "../api.ts";
import { put } from "./put.ts";

/** From this size on an interruption costs a part and not the whole. */
const partsFromBytes = 16 * 1024 * 1024;
const partsAtOnce = 3;

export interface Sending {
  file: File;
  /** null until it is announced. */
  fileId: string | null;
  settings: Partial<TranscodeSettings>;
  onAnnounced: (fileId: string) => void;
  onSent: (bytes: number) => void;
  signal: AbortSignal;
}

/**
 * Sends what S3 does not have yet, and resolves when it has all. Throws a StorageError, an ApiError, a TypeError without
 * a connection, or the signal's reason; then it can be called again.
 */
export async function send(sending: Sending): Promise<void> {
  const { fileId, file } = sending;
  const state = fileId === null ? "gone" : await stateOf(fileId);
  if (state === "received") return;
  if (fileId === null || state === "gone") return await sendNew(sending);
  if (isInParts(file)) return await sendParts(sending, fileId);
  const again = await request<UploadResponse>("POST", `/upload/${fileId}/url`);
  await sendWhole(sending, again);
}

const isInParts = ({ size }: File) => size > partsFromBytes;

async function sendNew(sending: Sending): Promise<void> {
  const { file, settings, onAnnounced, signal } = sending;
  const body = {
    file_name: file.name,
    size_bytes: file.size,
    multipart: isInParts(file),
    settings,
  };
  const announced = await request<UploadResponse>("POST", "/upload", { body, signal });
  onAnnounced(announced.file_id);
  if (isInParts(file)) await sendParts(sending, announced.file_id);
  else await sendWhole(sending, announced);
}

async function sendWhole(
  { file, onSent, signal }: Sending,
  { upload_url, upload_headers }: UploadResponse,
): Promise<void> {
  if (upload_url === null) throw new TypeError("there is no URL for the whole file");
  await put({ url: upload_url, headers: upload_headers, body: file, onSent, signal });
}

async function sendParts({ file, onSent, signal }: Sending, fileId: string): Promise<void> {
  const path = `/upload/${fileId}/multipart`;
  const begun = await request<MultipartUpload>("POST", path, { signal });
  const sent = new Map(begun.parts.map((part) => [part.part_number, part.size_bytes]));
  const report = () => onSent(sent.values().reduce((sum, bytes) => sum + bytes, 0));
  const missing = Array.from({ length: begun.part_count }, (_, i) => i + 1).filter(
    (number) => !sent.has(number),
  );
  report();
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const sendNext = async (): Promise<void> => {
    for (let number = missing.shift(); number !== undefined; number = missing.shift()) {
      const part = number;
      const signed = await request<UploadPartsResponse>("POST", `${path}/parts`, {
        body: { part_numbers: [part] },
        signal: either,
      });
      const { upload_url: url, upload_headers: headers } = signed.parts[0]!;
      const start = (part - 1) * begun.part_size_bytes;
      const body = file.slice(start, start + begun.part_size_bytes);
      const onPart = (bytes: number) => {
        sent.set(part, bytes);
        report();
      };
      await put({ url, headers, body, onSent: onPart, signal: either });
    }
  };
  try {
    await Promise.all(Array.from({ length: partsAtOnce }, sendNext));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  await request<FileStatus>("POST", `${path}/complete`, { signal });
}

/** `gone` when it was deleted, else whether Transpod still waits for the upload, which may have ended just when the connection broke. */
export async function stateOf(fileId: string): Promise<"gone" | "awaited" | "received"> {
  try {
    const status = await request<FileStatus>("GET", `/upload/${fileId}`);
    return status.processing_status === "awaiting_upload" ? "awaited" : "received";
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return "gone";
    throw error;
  }
}
