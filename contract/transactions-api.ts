import { z } from "zod";
import "zod-openapi";
import { cause } from "./causes.ts";
import { fileId, timestamp } from "./public-api.ts";
import { codecs, phaseTimes } from "./work-protocol.ts";
import { workerLog } from "./worker-log.ts";

/** The shapes of the attempts at a file. */

export const transaction = z
  .object({
    attempt: z.int().meta({ description: "Counts from 1." }),
    outcome: z
      .enum(["completed", "failed", "cancelled"])
      .nullable()
      .meta({ description: "null while the attempt waits or runs." }),
    failure: z
      .object({
        code: z.string(),
        detail: z.string(),
        cause,
      })
      .nullable(),
    worker_log: workerLog.nullable(),
    counted: z.boolean().nullable().meta({
      description:
        "Whether the failure counts against the limit of attempts; null without a failure.",
    }),
    worker: z
      .string()
      .nullable()
      .meta({ description: "The last worker that claimed the attempt." }),
    claims: z.int().meta({
      description: "How many workers have claimed the attempt as a whole, or to join its chunks.",
    }),
    workers_started: z
      .int()
      .meta({ description: "How many workers its Job has started, at the same time or in turn." }),
    chunks: z
      .int()
      .nullable()
      .meta({ description: "Into how many chunks the video is cut; null when it is not." }),
    memory_scale: z
      .int()
      .meta({ description: "Memory of the Job, as a multiple of the first attempt's." }),
    waiting_for: z.string().nullable(),
    original_codec: z.string().nullable(),
    target_codec: z.enum(codecs).nullable(),
    notes: z.array(z.string()),
    phase_times: phaseTimes.nullable().meta({ description: "Milliseconds that each phase took." }),
    queued_at: timestamp,
    reserved_at: timestamp.nullable().meta({ description: "When the attempt got a slot." }),
    launched_at: timestamp.nullable().meta({ description: "When its Job was created." }),
    claimed_at: timestamp.nullable().meta({ description: "When a worker first claimed it." }),
    last_heard_at: timestamp.nullable(),
    ended_at: timestamp.nullable(),
  })
  .meta({ id: "Transaction" });

export const transactionsResponse = z
  .object({
    file_id: fileId,
    transactions: z
      .array(transaction)
      .meta({ description: "In order, beginning with the first attempt." }),
  })
  .meta({ id: "TransactionList" });

export type Transaction = z.infer<typeof transaction>;
export type TransactionsResponse = z.infer<typeof transactionsResponse>;
