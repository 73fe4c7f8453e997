import { z } from "zod";
import "zod-openapi";
import { still } from "./work-protocol.ts";

/** The shape of the public API for stills. */
export const stillsResponse = z
  .object({
    poster_url: z.url().nullable().meta({
      description: "A small picture of the result. null when there is none.",
    }),
    stills: z.array(
      still.extend({
        original_url: z.url().meta({ description: "The frame of the file as it was uploaded." }),
        processed_url: z.url().meta({ description: "The same frame of the transcoded file." }),
      }),
    ),
  })
  .meta({
    id: "Stills",
    description: "JPEG pictures. The URLs are presigned, valid for one hour.",
  });

export type StillsResponse = z.infer<typeof stillsResponse>;
