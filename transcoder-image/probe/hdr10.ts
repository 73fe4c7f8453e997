import { execa } from "execa";
import { z } from "zod";
import type { Hdr10 } from "@transpod/contract/work-protocol.ts";
import { answerTimeoutMs, childFault } from "../ffmpeg/child-fault.ts";
import { childOptions } from "../ffmpeg/child-process.ts";
import { guards } from "./ffprobe.ts";

/** ffprobe prints numbers as fractions: `34000/50000`. */
const fraction = z.string().transform((text) => {
  const [numerator, denominator] = text.split("/").map(Number);
  return (numerator ?? 0) / (denominator ?? 1);
});

const mastering = z.object({
  side_data_type: z.literal("Mastering display metadata"),
  ...{ red_x: fraction, red_y: fraction, green_x: fraction, green_y: fraction },
  ...{ blue_x: fraction, blue_y: fraction, white_point_x: fraction, white_point_y: fraction },
  ...{ min_luminance: fraction, max_luminance: fraction },
});

const contentLight = z.object({
  side_data_type: z.literal("Content light level metadata"),
  max_content: z.int(),
  max_average: z.int(),
});

const answer = z.object({
  frames: z.array(z.object({ side_data_list: z.array(z.unknown()).default([]) })).default([]),
});

/**
 * The static HDR metadata of the first picture (SMPTE ST 2086, CTA-861.3), where encoders write it;
 * null when there is none. Throws like `readMedia`.
 */
export async function readHdr10(
  path: string,
  track: number,
  signal: AbortSignal,
): Promise<Hdr10 | null> {
  const wanted = ["-select_streams", String(track), "-read_intervals", "%+#1", "-show_frames"];
  const shown = ["-show_entries", "frame=side_data_list", "-of", "json"];
  const options = { ...childOptions, cancelSignal: signal, timeout: answerTimeoutMs };
  const result = await execa("ffprobe", [...guards, ...wanted, ...shown, path], options);
  signal.throwIfAborted();
  const fault = childFault("ffprobe", result);
  if (fault !== null) throw fault;
  const frames = result.failed ? [] : answer.parse(JSON.parse(result.stdout)).frames;
  return hdr10Of(frames.flatMap((frame) => frame.side_data_list));
}

/** Reads the side data of a frame. Pure. */
export function hdr10Of(sideData: readonly unknown[]): Hdr10 | null {
  const first = <T>(schema: z.ZodType<T>) =>
    sideData.map((each) => schema.safeParse(each).data).find((each) => each !== undefined) ?? null;
  const [display, light] = [first(mastering), first(contentLight)];
  if (display === null && light === null) return null;
  return {
    mastering:
      display === null
        ? null
        : {
            red: [display.red_x, display.red_y],
            green: [display.green_x, display.green_y],
            blue: [display.blue_x, display.blue_y],
            white_point: [display.white_point_x, display.white_point_y],
            min_luminance: display.min_luminance,
            max_luminance: display.max_luminance,
          },
    content_light:
      light === null ? null : { max_content: light.max_content, max_average: light.max_average },
  };
}
