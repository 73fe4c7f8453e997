import { z } from "zod";
import "zod-openapi";
import { presets } from "./presets.ts";

/** What a client may choose about a file's transcode. */

export const transcodeSettings = z
  .strictObject({
    quality: z
      .enum(["smaller", "balanced", "faster"])
      .default("balanced")
      .meta({
        description:
          "What matters most. `smaller`: about 0.7 times the size, but it takes longer. `faster`: it " +
          "takes less time. Both look a little worse than `balanced`. `crf` and `preset` override it.",
      }),
    crf: z.int().min(1).max(51).optional().meta({
      description:
        "The encoder's constant rate factor. A lower value gives better quality and a larger file.",
      example: 20,
    }),
    preset: z.enum(presets).optional().meta({
      description: "The encoder's preset: a slower one makes smaller files of the same quality.",
    }),
    if_larger: z
      .enum(["keep", "stop"])
      .default("keep")
      .meta({
        description:
          "What to do when the result becomes larger than the original. `keep` publishes it, and a note says " +
          "how much larger it is. `stop` fails the file with `already_optimal`, as soon as this is clear.",
      }),
    on_damage: z
      .enum(["fail", "finish"])
      .default("fail")
      .meta({
        description:
          "What to do when frames of the file can't be decoded. `fail` fails the file. `finish` continues " +
          "without them, and a note says how many are missing.",
      }),
    location: z.enum(["keep", "remove"]).default("keep").meta({
      description:
        "Whether the result keeps the recording location, which phones write into a file.",
    }),
    workers: z
      .union([z.literal("auto"), z.int().min(1).max(100)])
      .default("auto")
      .meta({
        description:
          "How many workers may encode the video at the same time, each a part of it. `auto`: as many as the " +
          "installation allows, for a video that is large enough. A number: at most so many, and never more " +
          "than the installation allows. With 1 the video is encoded as a whole.",
        example: "auto",
      }),
  })
  .meta({ id: "TranscodeSettings" });

export type TranscodeSettings = z.infer<typeof transcodeSettings>;

/** The settings of a client that chooses nothing. */
export const defaultSettings: TranscodeSettings = transcodeSettings.parse({});
