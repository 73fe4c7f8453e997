import { z } from "zod";
import "zod-openapi";
import { fileStatus } from "./public-api.ts";

/** The shapes of event streams. */

export const fileEvent = fileStatus
  .pick({
    file_id: true,
    processing_status: true,
    attempt: true,
    queue_position: true,
    expected_start: true,
    expected_end: true,
    waiting_for: true,
    progress: true,
    workers: true,
    chunks: true,
    failure: true,
  })
  .meta({ id: "FileEvent", description: "The data of each `status` event." });

/** A server-sent event, by the names of its fields. */
export const statusEvent = z
  .object({
    event: z.literal("status"),
    id: z.string(),
    data: z.string().meta({
      contentMediaType: "application/json",
      contentSchema: { $ref: "#/components/schemas/FileEvent" },
    }),
  })
  .meta({ id: "StatusEvent" });

/** A server-sent event about one of many files, by the names of its fields. */
export const fileListEvent = z
  .object({
    event: z.enum(["ready", "file", "deleted", "queue"]),
    data: z.string().meta({
      contentMediaType: "application/json",
      description:
        "A FileStatus for `file`; `file_id` for `deleted`; an empty object for `ready` and `queue`.",
    }),
  })
  .meta({ id: "FileListEvent" });

export type FileEvent = z.infer<typeof fileEvent>;
