import type { AudioTrack, Source } from "../probe/media.ts";
import type { Container } from "./container.ts";

/** The codecs that each container can hold; measured with ffmpeg's muxers. */
const copied: Readonly<Record<Container, ReadonlySet<string>>> = {
  mp4: new Set(["aac", "alac", "ac3", "eac3", "mp3", "opus", "flac"]),
  mov: new Set(["aac", "alac", "ac3", "eac3", "mp3"]),
};

/** Experimental in the muxers of older versions, which copy them only with -strict -2. */
const experimental = new Set(["flac"]);

/** Seven speakers and a subwoofer: AAC's largest layout. */
const maxAacChannels = 8;

const bitsPerChannel = 96_000;
const maxBitRate = 512_000;

export interface OutputAudio {
  codec: string;
  /** True when it was encoded; false when it was copied from the source. */
  encoded: boolean;
  /** From the start of the picture to the start of the sound. */
  offsetSeconds: number;
}

export interface AudioPlan {
  maps: string[];
  args: string[];
  /** The tracks of the output, in order. */
  tracks: OutputAudio[];
  notes: string[];
}

/** Audio is copied where the container can hold it, else it becomes AAC. */
export function planAudio({ media, video }: Source, container: Container): AudioPlan {
  const plan: AudioPlan = { maps: [], args: [], tracks: [], notes: [] };
  for (const track of media.audio) {
    if (track.codec === "unknown" || track.channels === 0) {
      plan.notes.push("An audio track that can't be decoded was dropped.");
      continue;
    }
    const position = plan.tracks.length;
    const offsetSeconds = track.startSeconds - video.startSeconds;
    plan.maps.push("-map", `0:${track.index}`);
    if (isCopied(track.codec, container)) {
      plan.tracks.push({ codec: track.codec, encoded: false, offsetSeconds });
      plan.args.push(`-c:a:${position}`, "copy");
      if (container === "mp4" && experimental.has(track.codec)) plan.args.push("-strict", "-2");
    } else {
      plan.tracks.push({ codec: "aac", encoded: true, offsetSeconds });
      plan.args.push(...toAac(track, position));
      plan.notes.push(
        `Audio was converted from ${track.codec} to AAC, which .${container} can hold.`,
        ...channelsNote(track),
      );
    }
  }
  return plan;
}

function toAac({ channels }: AudioTrack, position: number): string[] {
  const bitRate = Math.min(channels * bitsPerChannel, maxBitRate);
  return [
    ...(channels > maxAacChannels ? [`-filter:a:${position}`, firstChannels] : []),
    ...[`-c:a:${position}`, "aac", `-b:a:${position}`, String(bitRate)],
  ];
}

/**
 * So many channels usually have no layout, and ffmpeg can't mix channels without one: the first ones
 * are kept unchanged.
 */
const firstChannels = [
  "pan=7.1",
  ...Array.from({ length: maxAacChannels }, (_, i) => `c${i}=c${i}`),
].join("|");

function channelsNote({ channels }: AudioTrack): string[] {
  if (channels <= maxAacChannels) return [];
  return [
    `The first ${maxAacChannels} of ${channels} audio channels were kept: AAC can hold no more.`,
  ];
}

function isCopied(codec: string, container: Container): boolean {
  return copied[container].has(codec) || (container === "mov" && codec.startsWith("pcm_"));
}
