import pRetry from "p-retry";
import type { FailureCode } from "@transpod/contract/failures.ts";
import { AttemptError } from "../attempt/attempt-error.ts";

/** More than two minutes without a byte. */
const retryPolicy = {
  retries: 20,
  minTimeout: 250,
  factor: 2,
  maxTimeout: 10_000,
  randomize: true,
};
export const silenceMs = 30_000;

export interface S3Object {
  url: string;
  /** Asks for a new URL when this one has expired. */
  renew: () => Promise<string>;
  /** With or without quotes; null when any object under this key will do. */
  etag: string | null;
  signal: AbortSignal;
}

/**
 * Repeats a download until it is complete, with a new URL when it has expired. Throws AttemptError `source_changed`,
 * `connection_lost` or `transfer_failed`.
 */
export async function persist(
  object: S3Object,
  tryOnce: (url: string) => Promise<void>,
): Promise<void> {
  let { url } = object;
  const tryWithUrl = async () => {
    try {
      await tryOnce(url);
    } catch (error) {
      if (error instanceof ExpiredError) url = await object.renew();
      throw error;
    }
  };
  try {
    await pRetry(tryWithUrl, {
      ...retryPolicy,
      signal: object.signal,
      // A try that received some bytes does not count as a failure, because less is left.
      shouldConsumeRetry: ({ error }) => !(error instanceof CutError && error.gainedBytes > 0),
      shouldRetry: ({ error }) => error instanceof CutError,
    });
  } catch (error) {
    object.signal.throwIfAborted();
    if (!(error instanceof CutError)) throw error;
    throw new AttemptError(error.code, `The download failed: ${error.message}`);
  }
}

/** The transfer was interrupted: requesting the rest may help. */
export class CutError extends Error {
  override readonly name = "CutError";
  readonly code: FailureCode = "connection_lost";
  readonly gainedBytes: number;

  constructor(sentence: string, gainedBytes = 0) {
    super(sentence);
    this.gainedBytes = gainedBytes;
  }
}

/** S3 answered that it can't give the object now. */
class RefusedError extends CutError {
  override readonly code = "transfer_failed";
}

/** S3 no longer accepts the URL. */
class ExpiredError extends RefusedError {}

/** Requests a range of bytes, as the header has it, of exactly the object with this ETag; null for all of it. */
export async function requestBytes(
  object: S3Object,
  range: string | null,
  signal: AbortSignal,
): Promise<Response> {
  const etag = object.etag === null ? null : unquoted(object.etag);
  const response = await fetch(object.url, {
    headers: {
      ...(etag === null ? {} : { "if-match": `"${etag}"` }),
      ...(range === null ? {} : { range }),
    },
    signal,
  }).catch(() => {
    object.signal.throwIfAborted();
    // The cause may hold the signed URL, so it is not kept.
    throw new CutError("the connection to S3 was lost.");
  });
  const { status } = response;
  const answered = response.headers.get("etag");
  if (
    [404, 412, 416].includes(status) ||
    (response.ok && etag !== null && answered !== null && unquoted(answered) !== etag)
  ) {
    await response.body?.cancel();
    throw sourceChanged();
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const sentence = `S3 answered with ${status}.`;
  if (status === 401 || status === 403) throw new ExpiredError(sentence);
  if (status >= 500 || status === 408 || status === 429) throw new RefusedError(sentence);
  throw new AttemptError("transfer_failed", `The download failed: ${sentence}`);
}

function unquoted(etag: string): string {
  return etag.replace(/^W\//, "").replaceAll('"', "");
}

export function sourceChanged(): AttemptError {
  return new AttemptError("source_changed", "The uploaded file was replaced or deleted meanwhile.");
}
