import { TranspodError } from "@transpod/contract/errors.ts";
import type { MultipartUpload, UploadPartsResponse } from "@transpod/contract/multipart-api.ts";
import { putOfPart } from "@transpod/transcoder-image/transfer/file-part.ts";

const partsAtOnce = 4;

type Sign = (partNumbers: number[]) => Promise<UploadPartsResponse["parts"]>;

/**
 * Sends the parts that S3 does not have yet, straight from the disk. After a crash, call it again with
 * the parts that S3 has by then. Reports each part that is sent.
 */
export async function sendParts(
  path: string,
  { part_size_bytes: partBytes, size_bytes, part_count, parts }: MultipartUpload,
  sign: Sign,
  onPart: (partNumber: number) => void = () => {},
): Promise<void> {
  const there = new Set(parts.map((part) => part.part_number));
  const all = Array.from({ length: part_count }, (_, i) => i + 1);
  const missing = all.filter((number) => !there.has(number));
  for (let i = 0; i < missing.length; i += partsAtOnce) {
    const signed = await sign(missing.slice(i, i + partsAtOnce));
    await Promise.all(
      signed.map(async ({ part_number: number, upload_url }) => {
        const start = (number - 1) * partBytes;
        const part = { number, start, end: Math.min(start + partBytes, size_bytes) };
        const put = await fetch(upload_url, putOfPart(path, part));
        await put.body?.cancel();
        if (!put.ok) {
          throw new TranspodError("upload_refused", `S3 refused part ${number}: ${put.status}.`);
        }
        onPart(number);
      }),
    );
  }
}
