import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
} from "@aws-sdk/client-s3";
import type { MultipartUpload, UploadPartsResponse } from "@transpod/contract/multipart-api.ts";
import type { UploadResponse } from "@transpod/contract/public-api.ts";
import type { TestAws } from "./harness.ts";
import type { TestApi } from "./test-api.ts";

/** Two parts: one of the usual size and one of a single byte. */
export const twoParts = Buffer.alloc(16 * 1024 ** 2 + 1, "film");

/** A file whose upload in parts has begun, and what a client does with it. */
export async function beginParts(api: TestApi, film: Buffer, fields: object = {}) {
  const announced = await api.post<UploadResponse>("/upload", {
    ...{ file_name: "holiday.mov", size_bytes: film.length, multipart: true },
    ...fields,
  });
  const path = `/upload/${announced.body.file_id}`;
  const multipart = `${path}/multipart`;
  const begin = () => api.request<MultipartUpload>(multipart, { method: "POST" });
  const { body: upload } = await begin();
  return {
    ...{ path, begin, upload },
    fileId: announced.body.file_id,
    key: announced.body.s3_key,
    partNumbers: Array.from({ length: upload.part_count }, (_, i) => i + 1),
    look: () => api.get<MultipartUpload>(multipart),
    sign: (part_numbers: number[]) =>
      api.post<UploadPartsResponse>(`${multipart}/parts`, { part_numbers }),
    complete: () => api.request(`${multipart}/complete`, { method: "POST" }),
    abort: () => api.request(multipart, { method: "DELETE" }),
    /** Resolves with S3's answers, in the order of the numbers. */
    async send(...part_numbers: number[]): Promise<number[]> {
      const { body } = await this.sign(part_numbers);
      const puts = body.parts.map(async ({ part_number, upload_url }) => {
        const start = (part_number - 1) * upload.part_size_bytes;
        const part = film.subarray(start, start + upload.part_size_bytes);
        return (await fetch(upload_url, { method: "PUT", body: part })).status;
      });
      return await Promise.all(puts);
    },
  };
}

/** How many versions there are of an object, and how many unfinished uploads. */
export async function storedOf({ s3, rawBucket: Bucket }: TestAws, Prefix: string) {
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
  return { versions: Versions.length, uploads: Uploads.length };
}

/** S3's view of an object's unfinished upload, to change it in ways that a client can't. */
export async function findUpload({ s3, rawBucket: Bucket }: TestAws, Key: string) {
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
  const target = { Bucket, Key, UploadId: Uploads?.[0]?.UploadId };
  return {
    target,
    abort: () => s3.send(new AbortMultipartUploadCommand(target)),
    async complete() {
      const { Parts } = await s3.send(new ListPartsCommand(target));
      await s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }));
    },
  };
}
