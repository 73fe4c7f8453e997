import { open, stat } from "node:fs/promises";
import pRetry from "p-retry";
import { AttemptError } from "../attempt/attempt-error.ts";
import { isDiskFull } from "./free-space.ts";
import { Watchdog } from "../watchdog.ts";

/** More than two minutes without a byte. */
const retryPolicy = {
  retries: 20,
  minTimeout: 250,
  factor: 2,
  maxTimeout: 10_000,
  randomize: true,
};
const silenceMs = 30_000;

export interface DownloadRequest {
  url: string;
  /** Asks for a new URL when this one has expired. */
  renew: () => Promise<string>;
  sizeBytes: number;
  /** With or without quotes. */
  etag: string;
  path: string;
  onProgress: (receivedBytes: number) => void;
  signal: AbortSignal;
}

/**
 * Downloads an object into a file. After a broken connection it resumes with a range request and the
 * ETag, so that the file is never a mix of two objects. Throws AttemptError `source_changed` or
 * `transfer_failed`.
 */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  let { url } = request;
  const tryOnce = async () => {
    try {
      await resume({ ...request, url });
    } catch (error) {
      if (error instanceof ExpiredError) url = await request.renew();
      throw error;
    }
  };
  try {
    await pRetry(tryOnce, {
      ...retryPolicy,
      signal: request.signal,
      // A try that received some bytes does not count as a failure, because less is left.
      shouldConsumeRetry: ({ error }) => !(error instanceof CutError && error.gainedBytes > 0),
      shouldRetry: ({ error }) => error instanceof CutError,
    });
  } catch (error) {
    request.signal.throwIfAborted();
    if (!(error instanceof CutError)) throw error;
    throw new AttemptError("transfer_failed", `The download failed: ${error.message}`);
  }
}

/** The transfer was interrupted: requesting the rest may help. */
class CutError extends Error {
  override readonly name = "CutError";
  readonly gainedBytes: number;

  constructor(sentence: string, gainedBytes = 0) {
    super(sentence);
    this.gainedBytes = gainedBytes;
  }
}

/** S3 no longer accepts the URL. */
class ExpiredError extends CutError {}

async function resume(request: DownloadRequest): Promise<void> {
  const { path, sizeBytes, signal } = request;
  const received = await sizeOf(path);
  if (received === sizeBytes) return;

  const watchdog = new Watchdog(silenceMs, () => new Error("silence"));
  try {
    const transfer = AbortSignal.any([signal, watchdog.signal]);
    const response = await ask(request, received, transfer);
    // A server without support for ranges sends everything again.
    const start = response.status === 206 ? received : 0;
    await receive(response, start, request, watchdog);
  } finally {
    watchdog.stop();
  }
  const now = await sizeOf(path);
  if (now < sizeBytes) throw new CutError(`only ${now} of ${sizeBytes} bytes were received.`);
}

async function ask(
  request: DownloadRequest,
  start: number,
  signal: AbortSignal,
): Promise<Response> {
  const etag = unquoted(request.etag);
  const range: Record<string, string> = start === 0 ? {} : { range: `bytes=${start}-` };
  const response = await fetch(request.url, {
    headers: { "if-match": `"${etag}"`, ...range },
    signal,
  }).catch(() => {
    request.signal.throwIfAborted();
    // The cause may hold the signed URL, so it is not kept.
    throw new CutError("the connection to S3 was lost.");
  });
  const { status } = response;
  const answered = response.headers.get("etag");
  if (
    [404, 412, 416].includes(status) ||
    (response.ok && answered !== null && unquoted(answered) !== etag)
  ) {
    await response.body?.cancel();
    throw sourceChanged();
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const sentence = `S3 answered with ${status}.`;
  if (status === 401 || status === 403) throw new ExpiredError(sentence);
  if (status >= 500 || status === 408 || status === 429) throw new CutError(sentence);
  throw new AttemptError("transfer_failed", `The download failed: ${sentence}`);
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

function unquoted(etag: string): string {
  return etag.replace(/^W\//, "").replaceAll('"', "");
}

function sourceChanged(): AttemptError {
  return new AttemptError("source_changed", "The uploaded file was replaced or deleted meanwhile.");
}
