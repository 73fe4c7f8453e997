import { z } from "zod";
import { failureCodes } from "./failures.ts";
import { mediaLimits } from "./media-limits.ts";
import { maxParts } from "./part-layout.ts";
import { transcodeSettings } from "./transcode-settings.ts";
import { workerLog } from "./worker-log.ts";

/**
 * The protocol between a worker and the controller: `POST /work/<operation>` on the controller's
 * internal port, JSON, `Authorization: Bearer <work token>`. The token names the file and the
 * attempt; the lease names the worker. 401: the token is not valid. 409 with code `fenced`: another
 * worker holds the lease, or the attempt is over; the worker stops with exit code 20.
 */
export const phases = ["download", "probe", "encode", "verify", "upload"] as const;
export const codecs = ["h264", "hevc"] as const;

export type Phase = (typeof phases)[number];
export type Codec = (typeof codecs)[number];

export const targetOf: Readonly<Record<Codec, Codec>> = { h264: "hevc", hevc: "h264" };

export const lease = z.int().positive();
/** Counts from 0. In a request it says that `lease` is the chunk's. */
export const chunk = z.int().nonnegative();
const nonNegative = z.number().nonnegative();

const orNull = z.string().nullable();

const chromaticity = z.tuple([z.number(), z.number()]).meta({ description: "CIE 1931 x and y" });

/** The display that an HDR10 picture was mastered for, and its light levels; either may be missing. */
export const hdr10 = z.object({
  mastering: z
    .object({
      red: chromaticity,
      green: chromaticity,
      blue: chromaticity,
      white_point: chromaticity,
      min_luminance: z.number().meta({ description: "cd/m2" }),
      max_luminance: z.number().meta({ description: "cd/m2" }),
    })
    .nullable()
    .meta({ description: "the display (SMPTE ST 2086)" }),
  content_light: z
    .object({ max_content: z.int(), max_average: z.int() })
    .nullable()
    .meta({ description: "MaxCLL and MaxFALL in cd/m2 (CTA-861.3)" }),
});

/** What else ffprobe found; null where the file does not say. */
export const mediaDetails = z.object({
  profile: orNull,
  bit_depth: z.int(),
  chroma: z.string().meta({ example: "4:2:0" }),
  colour: z
    .object({ primaries: orNull, transfer: orNull, matrix: orNull, range: orNull })
    .meta({ description: "in ffmpeg's names" }),
  hdr: z.enum(["pq", "hlg"]).nullable(),
  hdr10: hdr10.nullable(),
  dolby_vision: z.boolean(),
  rotation: z.number().meta({ description: "degrees, counter-clockwise; 0 for upright" }),
  sample_aspect_ratio: orNull,
  variable_frame_rate: z.boolean(),
  interlaced: z.boolean(),
  hidden_frames: z.int().meta({ description: "frames that an edit list hides" }),
  timecode: orNull,
  chapters: z.int(),
  subtitle_codecs: z.array(z.string()),
  cover_codecs: z.array(z.string()),
  data_codecs: z.array(z.string()).meta({ description: "of all other tracks" }),
});

/** One short line about the media: kept with the attempt and shown to people. */
export const mediaSummary = z.object({
  container: z.string(),
  codec: z.string(),
  pixel_format: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  frames: z.int().nonnegative(),
  frame_rate: nonNegative.meta({ description: "average, frames per second" }),
  duration_seconds: nonNegative,
  size_bytes: z.int().nonnegative(),
  bit_rate: nonNegative.meta({ description: "whole file, bits per second" }),
  audio_codecs: z.array(z.string()),
  details: mediaDetails.optional().meta({ id: "MediaDetails" }),
});

export const verification = z.object({
  frames: z.int().nonnegative().meta({ description: "frames decoded from the output" }),
  max_timestamp_error_ms: nonNegative.meta({
    description:
      "the most milliseconds between a frame's start and the source's, each from its file's first",
  }),
  duration_difference_ms: nonNegative.meta({
    description:
      "milliseconds between how long the source's video and the output's are presented, up to the " +
      "end of the last frame, with edit lists honoured",
  }),
  audio_offset_error_ms: nonNegative.optional().meta({
    description: "largest shift of a sound track against the picture, in milliseconds",
  }),
  ssim: z
    .object({ y: z.number(), u: z.number(), v: z.number() })
    .optional()
    .meta({
      description:
        "similarity of the result's picture to what the encoder was given, 1 when they are the same: the " +
        "lowest of up to eight windows; absent when it was not measured",
    }),
});

/** Milliseconds that each phase took. */
export const phaseTimes = z.partialRecord(z.enum(phases), z.int().nonnegative());

export const claimRequest = z.object({ worker: z.string().min(1).max(253) });

/** What each task for a worker has (chunk-protocol.ts). */
export const assignment = z.object({
  file_id: z.uuid(),
  attempt: z.int().positive(),
  lease,
  file_name: z.string(),
  source: z.object({
    url: z.url(),
    size_bytes: z.int().nonnegative(),
    etag: z.string(),
  }),
  settings: transcodeSettings,
  limits: mediaLimits,
  heartbeat_seconds: z.number().positive(),
});

/** A new URL for the source, when the URL of the claim has expired. */
export const sourceRequest = z.object({ lease, chunk: chunk.optional() });

export const sourceResponse = z.object({ url: z.url() });

export const partsRequest = z.object({
  lease,
  part_numbers: z.array(z.int().min(1).max(maxParts)).min(1).max(100),
});
export const partsResponse = z.object({
  parts: z.array(z.object({ part_number: z.int(), url: z.url() })),
});

/** Pairs of stills of one video. */
const maxStills = 4;

/** Presigned PUTs for pairs of stills and a poster, all JPEG, to keys of the lease's own. */
export const stillsRequest = z.object({ lease, pairs: z.int().min(1).max(maxStills) });
export const stillsResponse = z.object({
  poster: z.url(),
  pairs: z.array(z.object({ original: z.url(), processed: z.url() })),
});

/** A pair of stills: the same frame of the source and of the result, as pictures of the same size. */
export const still = z.object({
  time_seconds: nonNegative.meta({ description: "from the start of the result" }),
  width: z.int().positive(),
  height: z.int().positive(),
});

export const progressRequest = z.object({
  lease,
  chunk: chunk.optional(),
  phase: z.enum(phases),
  percent: z.number().min(0).max(100).meta({ description: "of this phase" }),
  frame: z.int().nonnegative().optional(),
  total_frames: z.int().nonnegative().optional(),
  fps: nonNegative.optional(),
  speed: nonNegative.optional().meta({ description: "media seconds per second" }),
  eta_seconds: nonNegative.optional(),
  original_codec: z.string().optional(),
  target_codec: z.enum(codecs).optional(),
});
export const progressResponse = z.object({});

export const completeRequest = z.object({
  lease,
  parts: z
    .array(z.object({ part_number: z.int().min(1), etag: z.string().min(1) }))
    .min(1)
    .max(maxParts),
  size_bytes: z.int().positive(),
  sha256: z.hex().length(64),
  original: mediaSummary,
  processed: mediaSummary,
  target_codec: z.enum(codecs),
  verification,
  notes: z.array(z.string()),
  phase_times: phaseTimes,
  stills: z.array(still).min(1).max(maxStills).optional().meta({
    description: "the pairs that are uploaded, and a poster with them; absent when there are none",
  }),
});
export const completeResponse = z.object({});

export const failRequest = z.object({
  lease,
  chunk: chunk.optional(),
  code: z.enum(failureCodes),
  detail: z.string().min(1).max(2000).meta({ description: "a sentence a person understands" }),
  original: mediaSummary.optional(),
  phase_times: phaseTimes,
  worker_log: workerLog.optional(),
});
export const failResponse = z.object({});

export const workError = z.object({ detail: z.string(), code: z.string() });

export type Hdr10 = z.infer<typeof hdr10>;
export type MediaDetails = z.infer<typeof mediaDetails>;
export type MediaSummary = z.infer<typeof mediaSummary>;
export type Verification = z.infer<typeof verification>;
export type PhaseTimes = z.infer<typeof phaseTimes>;
export type ClaimRequest = z.infer<typeof claimRequest>;
export type Assignment = z.infer<typeof assignment>;
export type SourceRequest = z.infer<typeof sourceRequest>;
export type SourceResponse = z.infer<typeof sourceResponse>;
export type PartsRequest = z.infer<typeof partsRequest>;
export type PartsResponse = z.infer<typeof partsResponse>;
export type StillsRequest = z.infer<typeof stillsRequest>;
export type StillsResponse = z.infer<typeof stillsResponse>;
export type Still = z.infer<typeof still>;
export type ProgressRequest = z.infer<typeof progressRequest>;
export type CompleteRequest = z.infer<typeof completeRequest>;
export type FailRequest = z.infer<typeof failRequest>;
