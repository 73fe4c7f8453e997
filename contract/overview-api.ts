import { z } from "zod";
import "zod-openapi";
import { integerInQuery } from "./parameters.ts";

/** The shapes of the overview. */

export const overviewQuery = z.strictObject({
  hours: integerInQuery(1, 168, 24),
});

const count = z.int().nonnegative();

export const overview = z
  .object({
    hours: z.int(),
    states: z
      .object({
        awaiting_upload: count,
        uploaded: count,
        pending: count,
        processing: count,
      })
      .meta({
        description: "How many files are in each state now; those that have ended are not counted.",
      }),
    last_hours: z
      .object({
        completed: count,
        failed: count,
        cancelled: count,
        failures: z.array(z.object({ code: z.string(), count })),
        original_bytes: z.number().nonnegative(),
        processed_bytes: z.number().nonnegative(),
        video_seconds: z.number().nonnegative(),
        processing_seconds: z.number().nonnegative(),
      })
      .meta({
        description:
          "The attempts that ended in the last `hours`: how many by outcome, the failed ones also by `code`, most " +
          "frequent first; and of the completed ones the sums of sizes, durations and processing times.",
      }),
  })
  .meta({ id: "Overview" });

export type Overview = z.infer<typeof overview>;
