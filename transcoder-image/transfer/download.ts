import { open, stat } from "node:fs/promises";
import { AttemptError } from "../attempt/attempt-error.ts";
import { Watchdog } from "../watchdog.ts";
import { isDiskFull } from "./free-space.ts";
import {
  CutError,
  persist,
  requestBytes,
  silenceMs,
  sourceChanged,
  type S3Object,
} from "./get-object.ts";

export interface DownloadRequest extends S3Object {
  sizeBytes: number;
  path: string;
  onProgress: (receivedBytes: number) => void;
}

/**
 * Downloads an object into a file. After a broken connection it resumes with a range request and the
 * ETag, so that the file is never a mix of two objects. Throws AttemptError `source_changed`,
 * `connection_lost` or `transfer_failed`.
 */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  await persist(request, (url) => resume({ ...request, url }));
}

async function resume(request: DownloadRequest): Promise<void> {
  const { path, sizeBytes, signal } = request;
  const received = await sizeOf(path);
  if (received === sizeBytes) return;

  const watchdog = new Watchdog(silenceMs, () => new Error("silence"));
  try {
    const transfer = AbortSignal.any([signal, watchdog.signal]);
    const response = await requestBytes(
      request,
      received === 0 ? null : `bytes=${received}-`,
      transfer,
    );
    // A server without support for ranges sends everything again.
    const start = response.status === 206 ? received : 0;
    await receive(response, start, request, watchdog);
  } finally {
    watchdog.stop();
  }
  const now = await sizeOf(path);
  if (now < sizeBytes) throw new CutError(`only ${now} of ${sizeBytes} bytes were received.`);
}

async function receive(
  response: Response,
  start: number,
  { path, sizeBytes, onProgress, signal }: DownloadRequest,
  watchdog: Watchdog,
): Promise<void> {
  let received = start;
  const file = await open(path, start === 0 ? "w" : "a");
  try {
    for await (const chunk of response.body ?? []) {
      watchdog.touch(silenceMs);
      await file.appendFile(chunk);
      received += chunk.length;
      if (received > sizeBytes) throw sourceChanged();
      onProgress(received);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AttemptError || isDiskFull(error)) throw error;
    throw new CutError("the connection to S3 was cut.", received - start);
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}
