import type {
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { HttpError } from "@transpod/runtime/problems.ts";

type Signable = GetObjectCommand | PutObjectCommand | UploadPartCommand;

export interface SignedUrl {
  url: string;
  expiresAt: Date;
}

/**
 * Signs a request for a client, for `ttlSeconds` or as long as our own credentials last. All headers
 * that the command sets are signed, Content-Type too.
 */
export async function signUrl(
  s3: S3Client,
  command: Signable,
  ttlSeconds: number,
): Promise<SignedUrl> {
  const signingDate = new Date();
  const expiration = await credentialsExpiration(s3);
  const expiresIn = lifetimeSeconds(ttlSeconds, signingDate, expiration);
  // The type accepts only one kind of command.
  const url = await getSignedUrl(s3, command as GetObjectCommand, {
    expiresIn,
    signingDate,
    // The presigner does not sign Content-Type by default. It is signed only when the command has one:
    // otherwise the SDK would sign application/octet-stream, which `curl -T` does not send.
    ...(hasContentType(command) && { signableHeaders: new Set(["content-type"]) }),
  });
  return { url, expiresAt: new Date(signingDate.getTime() + expiresIn * 1_000) };
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

function hasContentType({ input }: Signable): boolean {
  return "ContentType" in input && input.ContentType !== undefined;
}
