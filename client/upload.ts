import { stat } from "node:fs/promises";
import pLimit from "p-limit";
import {
  multipartUpload,
  uploadPartsResponse,
  type MultipartUpload,
} from "@transpod/contract/multipart-api.ts";
import { fileStatus, uploadResponse } from "@transpod/contract/public-api.ts";
import { call, post, type Server } from "./call.ts";
import { withRetries } from "./retry.ts";
import { putPart } from "./storage.ts";

export interface SendOptions {
  /** How many parts are sent at the same time. The default is 4. */
  partsAtOnce?: number;
  /** Called with each part that S3 has accepted. */
  onPart?: (partNumber: number) => void;
  /** Called while bytes are sent; a part that is sent again counts once. */
  onSent?: ((sentBytes: number, totalBytes: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Sends the file with one PUT. Each try asks for a URL of its own, so that none can have expired. A file that
 * S3 already has is not sent again.
 */
export async function sendWhole(
  server: Server,
  fileId: string,
  path: string,
  { onSent, signal }: SendOptions,
): Promise<void> {
  const { size } = await stat(path);
  const renew = { init: post(), signal };
  await withRetries(
    async () => {
      let sent = 0;
      const renewed = await call(server, uploadResponse, `/upload/${fileId}/url`, renew);
      if (renewed.upload_url === null)
        return await sendInParts(server, fileId, path, { onSent, signal });
      await putPart(
        renewed.upload_url,
        path,
        { number: 1, start: 0, end: size },
        {
          headers: renewed.upload_headers,
          onBytes: (bytes) => onSent?.((sent += bytes), size),
          signal,
        },
      );
    },
    { retries: server.retries, signal },
  );
}

/** Begins or resumes an upload in parts, sends the parts that S3 does not have, and completes it. */
export async function sendInParts(
  server: Server,
  fileId: string,
  path: string,
  options: SendOptions = {},
): Promise<void> {
  const { signal } = options;
  const multipart = `/upload/${fileId}/multipart`;
  const upload = await call(server, multipartUpload, multipart, { init: post(), signal });
  await sendMissing(server, upload, path, options);
  await call(server, fileStatus, `${multipart}/complete`, { init: post(), signal });
}

async function sendMissing(
  server: Server,
  { file_id, part_size_bytes, size_bytes, part_count, parts }: MultipartUpload,
  path: string,
  { partsAtOnce = 4, onPart, onSent, signal }: SendOptions,
): Promise<void> {
  const there = new Map(parts.map((part) => [part.part_number, part.size_bytes]));
  /** Bytes of each part that are sent. */
  const sent = new Map(there);
  const tell = () =>
    onSent?.(
      [...sent.values()].reduce((sum, n) => sum + n, 0),
      size_bytes,
    );
  // One part that fails for good ends the others.
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  tell();

  async function send(number: number): Promise<void> {
    either.throwIfAborted();
    const start = (number - 1) * part_size_bytes;
    const part = { number, start, end: Math.min(start + part_size_bytes, size_bytes) };
    await withRetries(
      async () => {
        sent.set(number, 0);
        const init = post({ part_numbers: [number] });
        const signing = `/upload/${file_id}/multipart/parts`;
        const signed = await call(server, uploadPartsResponse, signing, { init, signal: either });
        const { upload_url, upload_headers } = signed.parts[0]!;
        await putPart(upload_url, path, part, {
          headers: upload_headers,
          onBytes(bytes) {
            sent.set(number, (sent.get(number) ?? 0) + bytes);
            tell();
          },
          signal: either,
        });
      },
      { retries: server.retries, signal: either },
    );
    onPart?.(number);
  }
  const missing = Array.from({ length: part_count }, (_, i) => i + 1).filter((n) => !there.has(n));
  const slots = pLimit(partsAtOnce);
  const sending = missing.map((number) => slots(() => send(number)));
  try {
    await Promise.all(sending);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(sending);
    throw error;
  }
}
