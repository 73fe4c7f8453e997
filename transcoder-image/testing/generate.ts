import { readFile, writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { execa } from "execa";

export interface Recipe {
  codec?: "libx264" | "libx265" | "mpeg4";
  size?: string;
  rate?: number;
  seconds?: number;
  pixelFormat?: string;
  /** Of the audio track, null for none. */
  audio?: string | null;
  channels?: number;
  filters?: string;
  /** Further output options. */
  options?: string[];
}

/** The files that this process has made, by extension and ffmpeg's arguments: many tests want the same. */
const made = new Map<string, Buffer>();

/** Makes a small real video: a moving test picture and a tone. */
export async function generate(path: string, recipe: Recipe = {}): Promise<string> {
  const args = argumentsFor(recipe);
  const key = JSON.stringify([extname(path), ...args]);
  const known = made.get(key);
  if (known === undefined) {
    await execa("ffmpeg", ["-v", "error", "-y", ...args, path]);
    made.set(key, await readFile(path));
  } else {
    await writeFile(path, known);
  }
  return path;
}

function argumentsFor(recipe: Recipe): string[] {
  const { codec = "libx264", size = "160x90", rate = 25, seconds = 1 } = recipe;
  const { pixelFormat = "yuv420p", audio = "aac", channels = 2, filters, options = [] } = recipe;
  const tone = Array.from({ length: channels }, () => "0.1*sin(2800*t)").join("|");
  const sound =
    audio === null ? [] : ["-f", "lavfi", "-i", `aevalsrc=${tone}:d=${seconds}`, "-c:a", audio];
  const preset = codec === "mpeg4" ? [] : ["-preset", "ultrafast"];
  const quiet = codec === "libx265" ? ["-x265-params", "log-level=error"] : [];
  const input = `testsrc2=s=${size}:r=${rate}:d=${seconds}`;
  return [
    ...["-f", "lavfi", "-i", input, ...sound],
    ...(filters === undefined ? [] : ["-vf", filters, "-fps_mode", "passthrough"]),
    ...["-c:v", codec, ...preset, ...quiet, "-pix_fmt", pixelFormat, ...options],
  ];
}

/** Cuts off the start as phones do: with an edit list, so that the frames before it are still in the file. */
export async function trimStart(from: string, to: string, seconds: number): Promise<string> {
  const start = ["-ss", String(seconds)];
  await execa("ffmpeg", ["-v", "error", "-y", ...start, "-i", from, "-c", "copy", to]);
  return to;
}
