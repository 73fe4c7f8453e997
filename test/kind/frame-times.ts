import { execa } from "execa";
import { z } from "zod";

const probed = z.object({ packets: z.array(z.object({ pts_time: z.coerce.number() })) });

/** When each frame of the video is shown after the first one, in seconds, as ffprobe says. */
export async function frameTimes(path: string): Promise<number[]> {
  const { stdout } = await execa("ffprobe", [
    ...["-v", "error", "-select_streams", "V:0"],
    ...["-show_entries", "packet=pts_time", "-of", "json", path],
  ]);
  const times = probed.parse(JSON.parse(stdout)).packets.map(({ pts_time }) => pts_time);
  const inOrder = times.toSorted((a, b) => a - b);
  return inOrder.map((time) => time - inOrder[0]!);
}
