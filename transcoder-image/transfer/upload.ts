import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import pLimit from "p-limit";
import pRetry from "p-retry";
import type { FailureCode } from "@transpod/contract/failures.ts";
import { layOutParts, type Part } from "@transpod/contract/part-layout.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { putOfPart } from "./file-part.ts";
import { PartUrls } from "./part-urls.ts";

const partsAtOnce = 4;
/** About a minute for each part. */
const retryPolicy = {
  retries: 10,
  minTimeout: 250,
  factor: 2,
  maxTimeout: 10_000,
  randomize: true,
};
/** 16 MiB in this time is 54 KiB/s: a slower connection counts as dead. */
const partTimeoutMs = 5 * 60_000;

export interface UploadRequest {
  path: string;
  sizeBytes: number;
  /** How the file is divided; by default as a large upload needs it. */
  layout?: Part[];
  sign: (partNumbers: number[]) => Promise<Map<number, string>>;
  onProgress: (sentBytes: number) => void;
  signal: AbortSignal;
}

export interface Uploaded {
  parts: { part_number: number; etag: string }[];
  sha256: string;
}

/** Sends a file that is an object of its own in one piece; resolves with its SHA-256. Throws as `uploadFile` does. */
export async function uploadWhole({
  sign,
  ...request
}: Omit<UploadRequest, "layout" | "sign"> & { sign: () => Promise<string> }): Promise<string> {
  const layout = [{ number: 1, start: 0, end: request.sizeBytes }];
  const { sha256 } = await uploadFile({
    ...{ ...request, layout },
    sign: async () => new Map([[1, await sign()]]),
  });
  return sha256;
}

/**
 * Sends a file as the parts of a multipart upload, which the controller then completes. Parts are read
 * from the disk while they are sent, never whole into memory. Throws AttemptError `connection_lost` or
 * `transfer_failed`, or an error of `sign`.
 */
export async function uploadFile(request: UploadRequest): Promise<Uploaded> {
  const { path, sizeBytes, layout = layOutParts(sizeBytes), sign, onProgress } = request;
  // One failed part aborts the others, so that nothing runs on after the error.
  const failure = new AbortController();
  const signal = AbortSignal.any([request.signal, failure.signal]);
  const urls = new PartUrls(layout.length, sign);
  const limit = pLimit(partsAtOnce);
  let sentBytes = 0;

  const send = async (part: Part) => {
    const etag = await pRetry(() => putPart(urls, path, part, signal), {
      ...retryPolicy,
      signal,
      shouldRetry: ({ error }) => error instanceof PartError,
    });
    sentBytes += part.end - part.start;
    onProgress(sentBytes);
    return { part_number: part.number, etag };
  };

  try {
    const [parts, sha256] = await Promise.all([
      Promise.all(layout.map((part) => limit(() => send(part)))),
      hashFile(path, signal),
    ]);
    return { parts, sha256 };
  } catch (error) {
    failure.abort(error);
    request.signal.throwIfAborted();
    if (!(error instanceof PartError)) throw error;
    throw new AttemptError(error.code, `The upload failed: ${error.message}`);
  }
}

/** S3 did not get or accept the part: a retry with a new URL may help. */
class PartError extends Error {
  override readonly name = "PartError";
  readonly code: FailureCode;

  constructor(code: FailureCode, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

async function putPart(
  urls: PartUrls,
  path: string,
  part: Part,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const { number } = part;
  const url = await urls.get(number);
  const response = await put(url, putOfPart(path, part), signal);
  const etag = response.headers.get("etag");
  await response.body?.cancel();
  if (response.ok && etag !== null) return etag;
  urls.forget(number);
  throw new PartError("transfer_failed", `S3 answered part ${number} with ${response.status}.`);
}

async function put(url: string, request: RequestInit, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      ...request,
      signal: AbortSignal.any([signal, AbortSignal.timeout(partTimeoutMs)]),
    });
  } catch {
    signal.throwIfAborted();
    // The cause may hold the signed URL, so it is not kept.
    throw new PartError("connection_lost", "The connection to S3 was lost.");
  }
}

/** The SHA-256 of a file, in hex. Reads alongside the upload: the file is in the page cache, and parts are sent out of order. */
export async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 1024 ** 2 })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}
