import { execa } from "execa";
import { z } from "zod";
import { targetOf, type Codec } from "@transpod/contract/work-protocol.ts";

const probed = z.object({
  streams: z
    .array(
      z.object({
        codec_name: z.string(),
        codec_tag_string: z.string(),
        nb_read_packets: z.coerce.number(),
      }),
    )
    .length(1),
  format: z.object({ duration: z.coerce.number(), size: z.coerce.number() }),
});

export interface Facts {
  codec: string;
  tag: string;
  frames: number;
  durationSeconds: number;
  sizeBytes: number;
}

/** What ffprobe counts in a file's video track. It is asked anew: nothing that Transpod said is used. */
export async function readFacts(path: string): Promise<Facts> {
  const { stdout } = await execa("ffprobe", [
    ...["-v", "error", "-select_streams", "V:0", "-count_packets"],
    ...["-show_entries", "stream=codec_name,codec_tag_string,nb_read_packets:format=duration,size"],
    ...["-of", "json", path],
  ]);
  const { streams, format } = probed.parse(JSON.parse(stdout));
  const [video] = streams;
  return {
    codec: video!.codec_name,
    tag: video!.codec_tag_string,
    frames: video!.nb_read_packets,
    durationSeconds: format.duration,
    sizeBytes: format.size,
  };
}

/** Healthy files differ by up to a frame or an audio packet in the duration that their header says. */
const durationToleranceSeconds = 0.1;

/** Every way in which the result is not what was asked for, as sentences; none when it is right. */
export function findFaults(original: Facts, processed: Facts): string[] {
  const target = targetOf[original.codec as Codec];
  const shift = Math.abs(original.durationSeconds - processed.durationSeconds);
  return [
    processed.codec !== target && `the codec is ${processed.codec} instead of ${target}`,
    processed.frames !== original.frames &&
      `it has ${processed.frames} frames instead of ${original.frames}`,
    shift > durationToleranceSeconds && `its duration differs by ${shift.toFixed(3)} s`,
    processed.codec === "hevc" &&
      processed.tag !== "hvc1" &&
      `its tag is ${processed.tag}, not hvc1`,
  ].filter((fault) => fault !== false);
}
