import { z } from "zod";
import { assignment, chunk, codecs, lease, phaseTimes, verification } from "./work-protocol.ts";

/**
 * The part of the work protocol that lets several workers encode one video. A *cut* divides a video into
 * *chunks*: a chunk begins at a sync sample of the source and has the frames that are presented from
 * there until the next chunk begins. Chunks are numbered from 0. Every worker of an attempt claims a
 * task, does it and claims again, until its task was `whole` and it did not cut the video, or `join`, or
 * until it is released or fenced. `lease` is the attempt's lease in the tasks `whole` and `join`, and the
 * chunk's lease in the task `chunk`.
 */
const frames = z.int().min(1);
const chunkFrames = z.array(frames).min(2).max(10_000).meta({
  description: "the number of frames of each chunk, in order",
});

/** Encode the video. With `max_workers` above 1 the worker may instead cut it, if that is worth it. */
export const wholeTask = assignment.extend({
  task: z.literal("whole"),
  max_workers: z.int().positive(),
  chunk_seconds: z
    .number()
    .positive()
    .default(30)
    .meta({ description: "a chunk is at least so long" }),
});

/** Encode one chunk. `first_frame` counts from 0, in presentation order. */
export const chunkTask = assignment.extend({
  task: z.literal("chunk"),
  chunk,
  first_frame: z.int().nonnegative(),
  frames,
  chunk_frames: chunkFrames,
});

/** One chunk that is encoded; `url` is a presigned GET of the output. */
export const encodedChunk = z.object({
  chunk,
  frames,
  url: z.url(),
  size_bytes: z.int().positive(),
  sha256: z.hex().length(64),
  verification,
  notes: z.array(z.string()),
});

/** Join the chunks, which are in order, and publish the result with `parts` and `complete`. */
export const joinTask = assignment.extend({
  task: z.literal("join"),
  chunks: z.array(encodedChunk),
});

/** There is nothing to do now: claim again after so many seconds. */
export const waitTask = z.object({ task: z.literal("wait"), seconds: z.number().positive() });

/** The attempt does not need this worker any more: it ends with exit code 0. */
export const releaseTask = z.object({ task: z.literal("release") });

/** The answer to `claim`. */
export const task = z.discriminatedUnion("task", [
  wholeTask,
  chunkTask,
  joinTask,
  waitTask,
  releaseTask,
]);

/**
 * Cuts the video: by the worker that has the task `whole`. When the stored cut has the same fingerprint and
 * frames, its encoded chunks are kept; otherwise it is replaced. From then on a claim gives a chunk, and
 * `lease` is over.
 */
export const cutRequest = z.object({
  lease,
  fingerprint: z.string().min(1).max(100).meta({
    description: "the same for two workers that would encode the same chunks in the same way",
  }),
  chunk_frames: chunkFrames,
  original_codec: z.string(),
  target_codec: z.enum(codecs),
});
export const cutResponse = z.object({});

/** A presigned PUT for the output of a chunk. */
export const chunkUrlRequest = z.object({ chunk, lease });
export const chunkUrlResponse = z.object({ url: z.url() });

/** The chunk is uploaded. The first completion of a chunk counts; a later one by another lease is fenced. */
export const chunkCompleteRequest = z.object({
  chunk,
  lease,
  size_bytes: z.int().positive(),
  sha256: z.hex().length(64),
  verification,
  notes: z.array(z.string()),
  phase_times: phaseTimes,
});
export const chunkCompleteResponse = z.object({});

/** What the public API shows of a cut. */
export const chunkCounts = z.object({ done: z.int(), total: z.int() }).meta({
  description:
    "While processing a video that is cut into chunks, so that several workers encode it: how many " +
    "chunks are encoded. `progress` is then that of the whole video. null for any other video.",
});

export type ClaimedTask = WholeTask | ChunkTask | JoinTask;
export type WholeTask = z.infer<typeof wholeTask>;
export type ChunkTask = z.infer<typeof chunkTask>;
export type JoinTask = z.infer<typeof joinTask>;
export type EncodedChunk = z.infer<typeof encodedChunk>;
export type Task = z.infer<typeof task>;
export type CutRequest = z.infer<typeof cutRequest>;
export type ChunkUrlRequest = z.infer<typeof chunkUrlRequest>;
export type ChunkUrlResponse = z.infer<typeof chunkUrlResponse>;
export type ChunkCompleteRequest = z.infer<typeof chunkCompleteRequest>;
