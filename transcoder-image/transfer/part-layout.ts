import { partSizeLimits } from "@transpod/contract/work-protocol.ts";

const mebibyte = 1024 ** 2;
const usualPartBytes = 16 * mebibyte;

export interface Part {
  /** From 1, as S3 counts. */
  number: number;
  start: number;
  /** The first byte that is not in it. */
  end: number;
}

/** Cuts a file into the parts of a multipart upload: 16 MiB each, larger where S3's limit of parts asks for it. */
export function layOutParts(sizeBytes: number): Part[] {
  const least = Math.ceil(sizeBytes / partSizeLimits.maxParts / mebibyte) * mebibyte;
  const partBytes = Math.max(usualPartBytes, least);
  return Array.from({ length: Math.ceil(sizeBytes / partBytes) }, (_, i) => ({
    number: i + 1,
    start: i * partBytes,
    end: Math.min((i + 1) * partBytes, sizeBytes),
  }));
}
