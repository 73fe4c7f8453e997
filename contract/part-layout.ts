const mebibyte = 1024 ** 2;
const usualPartBytes = 16 * mebibyte;

/**
 * S3's own limits: 5 GiB in one PUT or part, and 10,000 parts of at least 5 MiB (except the last one).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export const maxPutBytes = 5 * 1024 ** 3;
export const maxParts = 10_000;
export const maxObjectBytes = maxParts * maxPutBytes;

export interface Part {
  /** From 1, as S3 counts. */
  number: number;
  start: number;
  /** The first byte after it. */
  end: number;
}

/** Size in bytes of every part except the last one: 16 MiB, or more when S3's limit of parts requires it. */
export function partBytesOf(sizeBytes: number): number {
  const least = Math.ceil(sizeBytes / maxParts / mebibyte) * mebibyte;
  return Math.max(usualPartBytes, least);
}

/** Splits a file into the parts of a multipart upload. */
export function layOutParts(sizeBytes: number): Part[] {
  const partBytes = partBytesOf(sizeBytes);
  return Array.from({ length: Math.ceil(sizeBytes / partBytes) }, (_, i) => ({
    number: i + 1,
    start: i * partBytes,
    end: Math.min((i + 1) * partBytes, sizeBytes),
  }));
}
