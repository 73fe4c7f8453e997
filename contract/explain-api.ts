import { z } from "zod";
import "zod-openapi";
import { cause } from "./causes.ts";
import { fileId, timestamp } from "./public-api.ts";
import { workerLog } from "./worker-log.ts";

/** The shapes of a file's story. */

/**
 * What an entry is about: what a client commanded, the upload, the queue, a Job, its workers, the end of an attempt,
 * what a worker noted about the result, the webhooks, or what holds now.
 */
const entryKinds = [
  "command",
  "upload",
  "queue",
  "job",
  "worker",
  "result",
  "failure",
  "note",
  "webhook",
  "now",
] as const;

export const entry = z
  .object({
    at: timestamp.nullable().meta({ description: "null for what holds now." }),
    attempt: z.int().nullable().meta({ description: "null for what belongs to no attempt." }),
    kind: z.enum(entryKinds),
    tone: z.enum(["plain", "good", "bad", "now"]),
    text: z.string().meta({ description: "One or more sentences." }),
    failure: z
      .object({
        code: z.string(),
        cause,
        advice: z.string().meta({ description: "What an operator can do about it." }),
        worker_log: workerLog.nullable(),
      })
      .nullable()
      .meta({ description: "Of an attempt that failed." }),
  })
  .meta({ id: "StoryEntry" });

export const explanation = z
  .object({
    file_id: fileId,
    file_name: z.string(),
    entries: z.array(entry).meta({ description: "In order of time; what holds now is last." }),
    next: z
      .object({
        text: z.string().meta({ description: "What comes next by itself, if anything." }),
        operator: z
          .string()
          .nullable()
          .meta({ description: "What an operator can do; null when nothing needs to be done." }),
      })
      .meta({ id: "NextStep" }),
  })
  .meta({ id: "Explanation" });

export type Entry = z.infer<typeof entry>;
export type Explanation = z.infer<typeof explanation>;
