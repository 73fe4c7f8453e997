import type { Codec } from "@transpod/contract/work-protocol.ts";

/** What x264 and x265 both know, from fast to thorough. */
export const presets = ["ultrafast", "veryfast", "fast", "medium", "slow"] as const;

export type Preset = (typeof presets)[number];

export interface EncoderSettings {
  preset: Preset;
  /** Threads to use. */
  cpus: number;
}

/** Open GOPs are off so that players can seek to every keyframe. x265 ignores ffmpeg's -threads. */
export function encoder(codec: Codec, { preset, cpus }: EncoderSettings): string[] {
  const quality = (crf: number) => ["-preset:v:0", preset, "-crf:v:0", String(crf)];
  if (codec === "h264") {
    return ["-c:v:0", "libx264", ...quality(20), "-threads:v:0", String(cpus)];
  }
  const params = `log-level=warning:open-gop=0:pools=${cpus}`;
  return ["-c:v:0", "libx265", ...quality(23), "-tag:v:0", "hvc1", "-x265-params:v:0", params];
}
