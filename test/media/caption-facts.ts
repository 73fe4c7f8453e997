import { execa } from "execa";

/**
 * The closed captions inside the pictures, as ffmpeg's decoders find them: one line for each picture that has
 * some, in the order in which they are shown.
 */
export async function readCaptions(path: string): Promise<string[]> {
  const input = ["-f", "lavfi", "-i", `movie=${path}[out+subcc]`, "-select_streams", "s"];
  const wanted = [
    "-show_packets",
    "-show_data_hash",
    "SHA256",
    "-show_entries",
    "packet=data_hash",
  ];
  const { stdout } = await execa("ffprobe", ["-v", "error", ...input, ...wanted, "-of", "csv=p=0"]);
  return stdout.split("\n").filter((line) => line !== "");
}

/** What the first subtitles say, and when. */
export async function readSubtitles(path: string): Promise<string> {
  const args = ["-i", path, "-map", "0:s:0", "-c:s", "srt", "-f", "srt", "-"];
  const { stdout } = await execa("ffmpeg", ["-nostdin", "-v", "error", ...args]);
  return stdout;
}
