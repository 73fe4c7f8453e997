import { z } from "zod";

/** A little more than 8K. Even a small file can declare pictures that no memory can hold. */
export const absoluteMaxPixels = 36_000_000;

/** Limits for a file, set by the operator. */
export const mediaLimits = z.object({
  max_pixels: z.int().positive().max(absoluteMaxPixels).default(absoluteMaxPixels).meta({
    description: "width times height of one picture",
  }),
  max_duration_seconds: z
    .number()
    .positive()
    .default(24 * 3600)
    .meta({
      description: "from the first to the last frame, measured and not as the header says",
    }),
  max_tracks: z.int().positive().default(64).meta({ description: "of all kinds" }),
});

export type MediaLimits = z.infer<typeof mediaLimits>;

export const defaultLimits: MediaLimits = mediaLimits.parse({});
