import type { FailureCode } from "@transpod/contract/failures.ts";
import { defaultLimits, type MediaLimits } from "@transpod/contract/media-limits.ts";
import { noVideoTrack, unsupportedCodec } from "@transpod/contract/refusal-sentences.ts";
import { codecs } from "@transpod/contract/work-protocol.ts";
import type { Media, VideoTrack } from "./media.ts";

/** Why a file is refused. */
export interface Refusal {
  code: FailureCode;
  sentence: string;
}

/** The video track we convert: the one marked as default, else the first. */
export function chooseVideo(media: Media): VideoTrack | undefined {
  return media.video.find((track) => track.isDefault) ?? media.video[0];
}

/** The first reason in the headers to refuse a file, or null. Pure. */
export function refuseMedia(media: Media, limits: MediaLimits = defaultLimits): Refusal | null {
  const video = chooseVideo(media);
  const tracks = trackCount(media);
  if (tracks > limits.max_tracks) return tooManyTracks(tracks, limits);
  if (media.encrypted) return encrypted;
  if (video === undefined) return noVideo(media);
  if (!codecs.some((codec) => codec === video.codec)) return unsupported(video);
  if (video.width * video.height > limits.max_pixels) return tooLarge(video, limits);
  // ffprobe gets the pixel format from the first picture that can be decoded.
  if (video.pixelFormat === "") return damaged;
  if (video.width < 2 || video.height < 2) return tooSmall(video);
  return null;
}

/** `seconds` is the presented duration, because a header may have any duration. Pure. */
export function refuseDuration(seconds: number, limits: MediaLimits): Refusal | null {
  if (!(seconds > limits.max_duration_seconds)) return null;
  return {
    code: "too_large",
    sentence:
      `The video is ${inHours(seconds)} hours long; Transpod takes up to ` +
      `${inHours(limits.max_duration_seconds)}.`,
  };
}

function inHours(seconds: number): number {
  return Math.round(seconds / 360) / 10;
}

function trackCount({ video, audio, subtitles, covers, data }: Media): number {
  return [video, audio, subtitles, covers, data].flat().length;
}

function tooManyTracks(tracks: number, { max_tracks }: MediaLimits): Refusal {
  return {
    code: "too_large",
    sentence: `The file has ${tracks} tracks; Transpod takes up to ${max_tracks}.`,
  };
}

/** Compares the number of frames in the header with those in the file. Pure. */
export function refuseFrames(claimed: number | null, found: number): Refusal | null {
  if (found === 0) {
    return { code: "truncated", sentence: "The file's video track contains no frames." };
  }
  if (claimed === null || found >= claimed) return null;
  return {
    code: "truncated",
    sentence: `The file is cut off: its header lists ${claimed} frames, but it contains ${found}. Upload it again.`,
  };
}

const encrypted: Refusal = {
  code: "encrypted",
  sentence: "The file is encrypted (DRM), so Transpod can't read its video.",
};

const damaged: Refusal = {
  code: "damaged",
  sentence: "The file is damaged: none of its video can be decoded.",
};

function tooSmall({ width, height }: VideoTrack): Refusal {
  return {
    code: "not_a_video",
    sentence: `The video is ${width} x ${height} pixels; Transpod takes 2 x 2 and more.`,
  };
}

function noVideo(media: Media): Refusal {
  const held = [
    media.audio.length > 0 ? `${media.audio.map((a) => a.codec).join(", ")} audio` : "",
    media.covers.length > 0 ? "a cover picture" : "",
  ].filter((part) => part !== "");
  return { code: "no_video_track", sentence: noVideoTrack(held) };
}

function unsupported({ codec }: VideoTrack): Refusal {
  return { code: "unsupported_codec", sentence: unsupportedCodec(codec) };
}

function tooLarge({ width, height }: VideoTrack, { max_pixels }: MediaLimits): Refusal {
  return {
    code: "too_large",
    sentence:
      `The video is ${width} x ${height} pixels; Transpod takes up to ${max_pixels / 1e6} million ` +
      "pixels per frame.",
  };
}
