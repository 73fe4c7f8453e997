import { execa } from "execa";
import { z } from "zod";
import { TranspodError } from "@transpod/contract/errors.ts";
import { targetOf, type Codec } from "@transpod/contract/work-protocol.ts";

const probed = z.object({
  packets: z.array(z.object({ pts_time: z.coerce.number(), flags: z.string() })),
  streams: z
    .array(z.object({ codec_name: z.string(), codec_tag_string: z.string() }))
    .length(1, "there is not exactly one video track"),
  format: z.object({ duration: z.coerce.number(), size: z.coerce.number() }),
});

export interface Facts {
  codec: string;
  tag: string;
  /** Frames that are shown: an edit list may hide some. */
  frames: number;
  /** From the first to the last frame that is shown. */
  spanSeconds: number;
  /** From the header. */
  durationSeconds: number;
  sizeBytes: number;
}

/** ffprobe's facts about a file's video track. It is run here: nothing that Transpod reported is used. */
export async function readFacts(path: string): Promise<Facts> {
  const entries = "packet=pts_time,flags:stream=codec_name,codec_tag_string:format=duration,size";
  const { stdout } = await execa("ffprobe", [
    ...["-v", "error", "-select_streams", "V:0"],
    ...["-show_entries", entries, "-of", "json", path],
  ]).catch((cause: unknown) => {
    const detail = `ffprobe cannot read ${path}: the result is not a video.`;
    throw new TranspodError("not_readable", detail, { cause });
  });
  const { packets, streams, format } = probed.parse(JSON.parse(stdout));
  const [video] = streams;
  const times = packets.filter(({ flags }) => !flags.includes("D")).map(({ pts_time }) => pts_time);
  const [first, last] = times.reduce(
    ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
    [Infinity, -Infinity],
  );
  return {
    codec: video!.codec_name,
    tag: video!.codec_tag_string,
    frames: times.length,
    spanSeconds: last - first,
    durationSeconds: format.duration,
    sizeBytes: format.size,
  };
}

/** Times are rounded to the units of the file; a frame that is out of place is off by far more. */
const spanToleranceSeconds = 0.002;

/** All faults of the result, as sentences; empty when it is right. */
export function findFaults(original: Facts, processed: Facts): string[] {
  const target = targetOf[original.codec as Codec];
  const shift = Math.abs(original.spanSeconds - processed.spanSeconds);
  return [
    processed.codec !== target && `the codec is ${processed.codec} instead of ${target}`,
    processed.frames !== original.frames &&
      `it has ${processed.frames} frames instead of ${original.frames}`,
    shift > spanToleranceSeconds && `its last frame is ${shift.toFixed(3)} s out of place`,
    processed.codec === "hevc" &&
      processed.tag !== "hvc1" &&
      `its tag is ${processed.tag}, not hvc1`,
  ].filter((fault) => fault !== false);
}
