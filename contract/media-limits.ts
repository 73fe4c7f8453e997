import { z } from "zod";

/** A little more than 8K. A small file can claim far more than any memory. */
export const absoluteMaxPixels = 36_000_000;

/** What a file may ask of a worker; settings of whoever runs Transpod. */
export const mediaLimits = z.object({
  max_pixels: z.int().positive().max(absoluteMaxPixels).default(absoluteMaxPixels).meta({
    description: "of one picture",
  }),
  max_duration_seconds: z
    .number()
    .positive()
    .default(24 * 3600)
    .meta({
      description: "from the first to the last frame, as counted",
    }),
  max_tracks: z.int().positive().default(64).meta({ description: "of all kinds" }),
});

export type MediaLimits = z.infer<typeof mediaLimits>;

export const defaultLimits: MediaLimits = mediaLimits.parse({});
