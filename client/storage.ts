import { createReadStream } from "node:fs";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { Part } from "@transpod/contract/part-layout.ts";
import { retryAfterMs, TransientError } from "./retry.ts";

/** Requests to S3 itself, at presigned URLs. */

/** Sends the request and returns any response below 500, except 429. */
export async function fetchStorage(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    init.signal?.throwIfAborted();
    const { host } = new URL(url);
    throw new TransientError("storage_unreachable", `The storage at ${host} does not answer.`, {
      executed: "unknown",
      cause,
    });
  });
  if (response.status !== 429 && response.status < 500) return response;
  await response.body?.cancel();
  throw new TransientError("storage_failed", `S3 answers with ${response.status}.`, {
    retryAfterMs: retryAfterMs(response.headers.get("retry-after")),
    executed: "unknown",
  });
}

interface PutOptions {
  headers: Record<string, string>;
  /** Called with the number of bytes read for sending. */
  onBytes: (bytes: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * PUTs a part of a file, which is read while it is sent. Returns the status; throws when S3 refuses it.
 * Not as a Blob: Node's are wrong for files of more than 2 GiB, https://github.com/nodejs/node/issues/52585
 */
export async function putPart(
  url: string,
  path: string,
  { start, end, number }: Part,
  { headers, onBytes, signal }: PutOptions,
): Promise<number> {
  const sent = new Headers(headers);
  sent.set("content-length", String(end - start));
  const response = await fetchStorage(url, {
    method: "PUT",
    headers: sent,
    body: countedBytes(path, start, end, onBytes),
    duplex: "half",
    ...(signal && { signal }),
  });
  await response.body?.cancel();
  // 412: an earlier PUT has already stored the file, and its answer was lost.
  if (response.ok || response.status === 412) return response.status;
  throw new TranspodError("upload_refused", `S3 refused part ${number}: ${response.status}.`);
}

async function* countedBytes(
  path: string,
  start: number,
  end: number,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  if (start === end) return;
  for await (const chunk of createReadStream(path, { start, end: end - 1 })) {
    const bytes = chunk as Buffer;
    yield bytes;
    onBytes(bytes.length);
  }
}
