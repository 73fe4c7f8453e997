import { z } from "zod";

/** The parts of ffprobe's JSON that we read. Fields that a broken file may lack are optional. */
const sideData = z.object({
  side_data_type: z.string().optional(),
  rotation: z.coerce.number().optional(),
  displaymatrix: z.string().optional(),
});

const stream = z.object({
  index: z.int(),
  id: z.coerce.number().optional(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  codec_tag_string: z.string().optional(),
  profile: z.string().optional(),
  pix_fmt: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  sample_aspect_ratio: z.string().optional(),
  field_order: z.string().optional(),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_transfer: z.string().optional(),
  color_primaries: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  time_base: z.string().optional(),
  nb_frames: z.coerce.number().optional(),
  channels: z.int().optional(),
  start_time: z.coerce.number().optional(),
  duration: z.coerce.number().optional(),
  disposition: z.record(z.string(), z.number()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
  side_data_list: z.array(sideData).default([]),
});

const packet = z.object({ side_data_list: z.array(sideData).default([]) });

export const ffprobeOutput = z.object({
  streams: z.array(stream).default([]),
  packets: z.array(packet).default([]),
  chapters: z.array(z.unknown()).default([]),
  format: z.object({
    duration: z.coerce.number().optional(),
    size: z.coerce.number(),
    start_time: z.coerce.number().optional(),
    tags: z.record(z.string(), z.string()).default({}),
  }),
});

export type FfprobeStream = z.infer<typeof stream>;
export type FfprobeOutput = z.infer<typeof ffprobeOutput>;
