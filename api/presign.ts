import type { S3Client } from "@aws-sdk/client-s3";
import { formatUrl } from "@aws-sdk/core/util";
import { S3RequestPresigner } from "@aws-sdk/s3-request-presigner";
import { escapeUriPath, HttpRequest } from "@smithy/core/protocols";
import { HttpError } from "@transpod/runtime/problems.ts";
import { bucketEndpoint } from "./bucket-endpoint.ts";

/** What a client may ask of S3 with a signed URL. */
export interface ObjectRequest {
  operation: "GetObject" | "PutObject" | "UploadPart";
  bucket: string;
  key: string;
  query?: Readonly<Record<string, string>>;
  /** The headers that the client must send. All are signed. */
  headers?: Readonly<Record<string, string>>;
}

export interface SignedUrl {
  url: string;
  expiresAt: Date;
}

/**
 * Signs a request for a client, for `ttlSeconds` or as long as our own credentials last.
 *
 * The URL is that of the SDK's `getSignedUrl`, which takes six times the CPU time: it runs the whole middleware of
 * a request that is then not sent.
 */
export async function signUrl(
  s3: S3Client,
  request: ObjectRequest,
  ttlSeconds: number,
): Promise<SignedUrl> {
  const signingDate = new Date();
  const [endpoint, expiration] = await Promise.all([
    bucketEndpoint(s3, request.bucket),
    credentialsExpiration(s3),
  ]);
  const expiresIn = lifetimeSeconds(ttlSeconds, signingDate, expiration);
  const signed = await new S3RequestPresigner(s3.config).presign(
    toHttpRequest(endpoint.url, request),
    // By default Content-Type is not signed.
    { expiresIn, signingDate, signableHeaders: new Set(["content-type"]) },
  );
  return { url: formatUrl(signed), expiresAt: new Date(signingDate.getTime() + expiresIn * 1_000) };
}

function toHttpRequest(
  bucket: URL,
  { operation, key, query, headers }: ObjectRequest,
): HttpRequest {
  const folder = bucket.pathname.replace(/\/$/, "");
  return new HttpRequest({
    method: operation === "GetObject" ? "GET" : "PUT",
    protocol: bucket.protocol,
    hostname: bucket.hostname,
    ...(bucket.port === "" ? {} : { port: Number(bucket.port) }),
    path: `${folder}/${escapeUriPath(key)}`,
    query: { "x-id": operation, ...query },
    headers: { ...headers },
  });
}

/**
 * Seconds that a URL signed now can live. S3 refuses it once the credentials that signed it have
 * expired, whatever expiry the URL has.
 */
export function lifetimeSeconds(
  ttlSeconds: number,
  now: Date,
  credentialsExpire: Date | undefined,
): number {
  if (credentialsExpire === undefined) return ttlSeconds;
  const left = Math.floor((credentialsExpire.getTime() - now.getTime()) / 1_000);
  if (left < 1) throw cannotSign("The credentials have expired.");
  return Math.min(ttlSeconds, left);
}

async function credentialsExpiration(s3: S3Client): Promise<Date | undefined> {
  try {
    return (await s3.config.credentials()).expiration;
  } catch (error) {
    throw cannotSign(error);
  }
}

function cannotSign(cause: unknown): HttpError {
  return new HttpError(
    503,
    "temporarily_unavailable",
    "Transpod can't sign URLs right now. Try again in a few seconds.",
    { headers: { "Retry-After": "5" }, cause },
  );
}
