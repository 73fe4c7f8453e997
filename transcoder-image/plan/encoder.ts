import type { Preset } from "@transpod/contract/presets.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { targetOf, type Codec } from "@transpod/contract/work-protocol.ts";

/** The encoder settings that a client may choose. */
export type QualitySettings = Pick<TranscodeSettings, "quality" | "crf" | "preset">;

export interface EncoderSettings {
  requested: QualitySettings;
  /** Threads to use. */
  cpus: number;
  /** Further parameters of x265, as `name=value`. */
  params?: readonly string[];
  /** Frames per second that the stream claims; as ffmpeg finds it, unless all parts of a video must claim the same. */
  frameRate?: number | undefined;
}

/** With these values x264 and x265 look alike, without visible artefacts. */
const balancedCrf: Readonly<Record<Codec, number>> = { h264: 20, hevc: 23 };

/** What a video is converted to. Pure. */
export function targetFor({ codec }: { codec: string }): Codec {
  return codec === "hevc" ? targetOf.hevc : targetOf.h264;
}

/** Measured in docs/media.md. */
const qualities: Readonly<
  Record<TranscodeSettings["quality"], { crfMore: number; preset: Preset }>
> = {
  smaller: { crfMore: 3, preset: "slow" },
  balanced: { crfMore: 0, preset: "medium" },
  faster: { crfMore: 0, preset: "veryfast" },
};

/** The constant rate factor and the preset for a client's settings. Pure. */
export function rateOf(codec: Codec, { quality, crf, preset }: QualitySettings) {
  const usual = qualities[quality];
  return { crf: crf ?? balancedCrf[codec] + usual.crfMore, preset: preset ?? usual.preset };
}

/** Open GOPs are off so that players can seek to every keyframe. x265 ignores ffmpeg's -threads. */
export function encoder(
  codec: Codec,
  { requested, cpus, params = [], frameRate }: EncoderSettings,
): string[] {
  const { crf, preset } = rateOf(codec, requested);
  const claimed = frameRate === undefined ? [] : [`fps=${Math.round(frameRate * 1000)}/1000`];
  const rate = ["-preset:v:0", preset, "-crf:v:0", String(crf)];
  if (codec === "h264") {
    const params264 = claimed.length === 0 ? [] : ["-x264-params:v:0", ...claimed];
    return ["-c:v:0", "libx264", ...rate, "-threads:v:0", String(cpus), ...params264];
  }
  const all = ["log-level=warning", "open-gop=0", `pools=${cpus}`, ...claimed, ...params].join(":");
  return ["-c:v:0", "libx265", ...rate, "-tag:v:0", "hvc1", "-x265-params:v:0", all];
}
