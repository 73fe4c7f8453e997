import { z } from "zod";
import "zod-openapi";
import { maxParts } from "./part-layout.ts";
import { fileId, timestamp } from "./public-api.ts";

/** The shapes of uploads in parts. */

export const multipartUpload = z
  .object({
    file_id: fileId,
    size_bytes: z.int(),
    part_size_bytes: z.int().meta({ description: "Size of every part except the last one." }),
    part_count: z.int(),
    parts: z
      .array(z.object({ part_number: z.int(), size_bytes: z.int(), etag: z.string() }))
      .meta({ description: "The parts that S3 has." }),
  })
  .meta({ id: "MultipartUpload" });

export const uploadPartsRequest = z
  .strictObject({
    part_numbers: z
      .array(z.int().min(1).max(maxParts))
      .min(1)
      .max(100)
      .meta({ description: "Counted from 1. Ask for them shortly before you send them." }),
  })
  .meta({ id: "UploadPartsRequest" });

export const uploadPartsResponse = z
  .object({
    parts: z.array(
      z.object({
        part_number: z.int(),
        upload_url: z.url(),
        upload_headers: z.record(z.string(), z.string()).meta({
          description: "Headers that the PUT must send: the size of the part is signed.",
        }),
      }),
    ),
    expires_at: timestamp,
  })
  .meta({ id: "UploadPartsResponse" });

export type MultipartUpload = z.infer<typeof multipartUpload>;
export type UploadPartsResponse = z.infer<typeof uploadPartsResponse>;
