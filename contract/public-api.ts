import { z } from "zod";
import "zod-openapi";
import { fileStates } from "./states.ts";
import { chunkCounts } from "./chunk-protocol.ts";
import { contentTypes, videoExtension } from "./object-keys.ts";
import { maxPutBytes } from "./part-layout.ts";
import { wrongExtension } from "./refusal-sentences.ts";
import { transcodeSettings } from "./transcode-settings.ts";
import { codecs, mediaSummary, phases, phaseTimes, verification } from "./work-protocol.ts";

/** The shapes of the public API. They validate requests and make the OpenAPI document. */

const maxFileNameLength = 255;
export const controlCharacters = /\p{Cc}/u;
/** What the sentences of `fileName` say, for the document. */
const fileNamePattern = String.raw`^[^\u0000-\u001f\u007f-\u009f/\\]+\.([mM][pP]4|[mM][oO][vV])$`;

const fileName = z
  .string()
  .min(1, "The file name is empty.")
  .refine((name) => countCharacters(name) <= maxFileNameLength, {
    error: `The file name is longer than ${maxFileNameLength} characters.`,
  })
  .refine((name) => !/[/\\]/.test(name), {
    error: "The file name contains a path. Send only the name, without folders.",
  })
  .refine((name) => name.isWellFormed(), { error: "The file name is not valid Unicode." })
  .refine((name) => !controlCharacters.test(name), {
    error: "The file name contains control characters.",
  })
  .refine((name) => videoExtension(name) !== undefined, {
    error: wrongExtension,
  })
  .meta({
    description: "Name of the video, without folders. Ends in .mp4 or .mov, in any case.",
    example: "holiday.mov",
    maxLength: maxFileNameLength,
    pattern: fileNamePattern,
  });

/** As JSON Schema counts them; `length` counts what lies beyond the Basic Multilingual Plane twice. */
export function countCharacters(text: string): number {
  return Array.from(text).length;
}

export const timestamp = z.iso
  .datetime({ offset: true })
  .meta({ example: "2026-01-31T12:00:00.000Z" });
export const state = z.enum(fileStates).meta({ id: "ProcessingStatus" });
export const fileId = z.uuid().meta({ example: "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11" });

const priority = z.int().min(-100).max(100);

/** An installation's document says how large a file may be there. */
export const sizeBytes = z.int().positive();

export const uploadRequest = z
  .strictObject({
    file_name: fileName,
    size_bytes: sizeBytes.optional().meta({
      description:
        "Size of the file. When given, it is signed: an upload of any other size is refused.",
    }),
    multipart: z
      .boolean()
      .default(false)
      .meta({
        description:
          "Whether the file is uploaded in parts. A file of more than 5 GiB must be; a smaller one may " +
          "be. Needs `size_bytes`. `upload_url` is then null.",
      }),
    content_type: z
      .enum(Object.values(contentTypes))
      .optional()
      .meta({ description: "When given, it is signed: the upload must send this Content-Type." }),
    priority: priority.default(0).meta({
      description:
        "Videos with a higher priority start first; with equal priority, the oldest starts first.",
    }),
    settings: transcodeSettings.prefault({}),
    delete_original: z
      .boolean()
      .optional()
      .meta({
        description:
          "Whether the original is deleted after the result was verified and published. It then can't be " +
          "downloaded or transcoded again. The default is the installation's.",
      }),
  })
  .refine(({ multipart, size_bytes }) => !multipart || size_bytes !== undefined, {
    path: ["size_bytes"],
    error: "An upload in parts needs the file's size.",
  })
  .meta({
    id: "UploadRequest",
    anyOf: [
      { properties: { multipart: { const: true } }, required: ["multipart", "size_bytes"] },
      { properties: { multipart: { const: false }, size_bytes: { maximum: maxPutBytes } } },
    ],
  });

export const updateRequest = z
  .strictObject({
    priority: priority.meta({
      description:
        "Videos with a higher priority start first; with equal priority, the oldest starts first. A " +
        "running attempt is not affected; a later attempt has the new priority.",
    }),
  })
  .meta({ id: "UpdateRequest" });

export const retryRequest = z
  .strictObject({
    settings: transcodeSettings.optional().meta({
      description: "They replace all earlier settings. Without them the earlier settings stay.",
    }),
  })
  .meta({ id: "RetryRequest" });

export const uploadResponse = z
  .object({
    file_id: fileId,
    upload_url: z
      .url()
      .nullable()
      .meta({
        description:
          'PUT the file here: `curl -T holiday.mov "$upload_url"`. null for an upload in parts: ' +
          "begin it with `POST /upload/{file_id}/multipart`.",
      }),
    s3_key: z.string().meta({ example: "holiday-0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11.mov" }),
    upload_headers: z.record(z.string(), z.string()).meta({
      description: "Headers that the PUT must send. Empty unless size or type were declared.",
    }),
    expires_at: timestamp.meta({
      description: "When the URL expires. `POST /upload/{file_id}/url` gives another one.",
    }),
    upload_until: timestamp.meta({
      description:
        "The file fails if nothing was uploaded by this time. Each request for a new URL extends it.",
    }),
  })
  .meta({ id: "UploadResponse" });

export const progress = z
  .object({
    phase: z.enum(phases),
    percent: z.number().min(0).max(100).meta({ description: "Percent of this phase." }),
    frame: z.int().nullable(),
    total_frames: z.int().nullable(),
    fps: z.number().nullable(),
    speed: z.number().nullable().meta({ description: "Seconds of video per second." }),
    eta_seconds: z.number().nullable(),
    updated_at: timestamp,
  })
  .meta({ id: "Progress" });

const timeRange = z
  .object({ earliest: timestamp, latest: timestamp })
  .meta({ id: "TimeRange", description: "A moment that is not known exactly." });

export const fileStatus = z
  .object({
    file_id: fileId,
    file_name: z.string(),
    processing_status: state,
    original_codec: z.string().nullable().meta({ example: "hevc" }),
    target_codec: z.enum(codecs).nullable().meta({ example: "h264" }),
    processing_time: z
      .number()
      .nullable()
      .meta({ description: "Seconds from the claim by a worker to the result." }),
    size_bytes: z.int().nullable(),
    processed_size_bytes: z.int().nullable(),
    priority: z.int(),
    settings: transcodeSettings,
    attempt: z.int().meta({ description: "Counts from 1; 0 until the upload was received." }),
    queue_position: z
      .int()
      .nullable()
      .meta({ description: "While pending: the place in the queue. 1 starts next." }),
    expected_start: timeRange.nullable().meta({
      description:
        "While pending: when it gets a slot, in at least four of five cases. Calculated from the queue, the slots and the " +
        "times that the last videos took. null until 8 videos were completed without help of other workers, and " +
        "after place 20,000.",
    }),
    expected_end: timeRange.nullable().meta({
      description:
        "While pending: when its result is there, if nothing fails. null as `expected_start`.",
    }),
    waiting_for: z
      .string()
      .nullable()
      .meta({ description: "While processing without a running worker: what the Job waits for." }),
    progress: progress.nullable(),
    workers: z.int().nullable().meta({
      description: "While processing: how many workers run. null before that and after the end.",
    }),
    chunks: chunkCounts.nullable(),
    failure: z.object({ code: z.string(), detail: z.string() }).nullable(),
    notes: z.array(z.string()).meta({ description: "What was converted, dropped or chosen." }),
    original: mediaSummary.meta({ id: "MediaSummary" }).nullable(),
    processed: mediaSummary.nullable(),
    verification: verification.meta({ id: "Verification" }).nullable(),
    phase_times: phaseTimes.nullable().meta({ description: "Milliseconds that each phase took." }),
    sha256: z.string().nullable().meta({ description: "SHA-256 of the processed file." }),
    stills: z.int().nonnegative().meta({
      description: "How many pairs of stills there are; with any there is a poster.",
    }),
    delete_original: z
      .boolean()
      .meta({ description: "Whether the original is deleted after success." }),
    original_deleted_at: timestamp.nullable().meta({
      description: "Since when the original is no longer kept: it can't be downloaded.",
    }),
    result_deleted_at: timestamp.nullable().meta({
      description:
        "Since when the result is no longer kept: it and its stills can't be downloaded.",
    }),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: "FileStatus" });

export const downloadResponse = z
  .object({
    download_url: z.url().meta({ description: "Presigned, valid for one hour." }),
  })
  .meta({ id: "DownloadResponse" });

/** RFC 9457 problem details; `detail` and `code` are always there. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "A sentence that says what to do next." }),
    code: z.string().meta({ description: "Stable, for programs.", example: "file_not_found" }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "Each field that is wrong." }),
  })
  .meta({ id: "Problem" });

export type UploadRequest = z.infer<typeof uploadRequest>;
export type UploadResponse = z.infer<typeof uploadResponse>;
export type Progress = z.infer<typeof progress>;
export type TimeRange = z.infer<typeof timeRange>;
export type FileStatus = z.infer<typeof fileStatus>;
export type Problem = z.infer<typeof problem>;
