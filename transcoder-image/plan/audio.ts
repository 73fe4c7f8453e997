import type { AudioTrack, Source } from "../probe/media.ts";
import type { Container } from "./container.ts";

/** What each container holds as it is; measured with ffmpeg's muxers. */
const copied: Readonly<Record<Container, ReadonlySet<string>>> = {
  mp4: new Set(["aac", "alac", "ac3", "eac3", "mp3", "opus", "flac"]),
  mov: new Set(["aac", "alac", "ac3", "eac3", "mp3"]),
};

/** These are not yet a standard to the muxers of older versions, which copy them only when told. */
const experimental = new Set(["flac"]);

/** Seven speakers and a subwoofer: AAC's largest layout. */
const maxAacChannels = 8;

const bitsPerChannel = 96_000;
const maxBitRate = 512_000;

export interface OutputAudio {
  codec: string;
  /** True where we made it; false where it is the source's, bit by bit. */
  encoded: boolean;
  /** From the picture's start to the sound's. */
  offsetSeconds: number;
}

export interface AudioPlan {
  maps: string[];
  args: string[];
  /** Of the output, in order. */
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
 * So many channels have no layout as a rule, and ffmpeg can't mix what it can't place: the first
 * ones are taken as they are.
 */
const firstChannels = [
  "pan=7.1",
  ...Array.from({ length: maxAacChannels }, (_, i) => `c${i}=c${i}`),
].join("|");

function channelsNote({ channels }: AudioTrack): string[] {
  if (channels <= maxAacChannels) return [];
  return [
    `Of ${channels} audio channels the first ${maxAacChannels} were kept: AAC holds no more.`,
  ];
}

function isCopied(codec: string, container: Container): boolean {
  return copied[container].has(codec) || (container === "mov" && codec.startsWith("pcm_"));
}
