import { z } from "zod";
import "zod-openapi";

/** What a client may choose about a file's transcode. */

/** What x264 and x265 both know, from fast to thorough. */
export const presets = ["ultrafast", "veryfast", "fast", "medium", "slow", "slower"] as const;

export const transcodeSettings = z
  .strictObject({
    quality: z
      .enum(["smaller", "balanced", "faster"])
      .default("balanced")
      .meta({
        description:
          "What matters most. `smaller`: a file of about 0.7 times the size, which takes longer; `faster`: the " +
          "result comes sooner. Both look a little worse than `balanced`. `crf` and `preset` say it exactly.",
      }),
    crf: z.int().min(1).max(51).optional().meta({
      description: "The encoder's constant rate factor; lower is better and larger.",
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
          "how much larger it is. `stop` fails the file with `already_optimal`, as early as that is clear.",
      }),
    on_damage: z
      .enum(["fail", "finish"])
      .default("fail")
      .meta({
        description:
          "What to do with a file of which frames can't be decoded: refuse it, or finish without " +
          "them and say how many are missing.",
      }),
    location: z.enum(["keep", "remove"]).default("keep").meta({
      description: "Whether the result says where it was recorded, as phones write it.",
    }),
  })
  .meta({ id: "TranscodeSettings" });

export type TranscodeSettings = z.infer<typeof transcodeSettings>;
export type Preset = (typeof presets)[number];

/** What holds for a client that chooses nothing. */
export const defaultSettings: TranscodeSettings = transcodeSettings.parse({});
