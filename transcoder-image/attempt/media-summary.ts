import type { MediaDetails, MediaSummary } from "@transpod/contract/work-protocol.ts";
import type { Container } from "../plan/container.ts";
import { isHdr, type OtherTrack, type Source } from "../probe/media.ts";
import { pixelFormatOf } from "../probe/pixel-format.ts";

/** The facts about a file that are kept with the attempt. */
export function summarize(container: Container, file: Source): MediaSummary {
  const { media, video, timestamps } = file;
  const { durationSeconds, sizeBytes } = media;
  return {
    container,
    codec: video.codec,
    pixel_format: video.pixelFormat,
    width: video.width,
    height: video.height,
    frames: timestamps.length,
    frame_rate: video.frameRate,
    duration_seconds: durationSeconds,
    size_bytes: sizeBytes,
    bit_rate: durationSeconds > 0 ? Math.round((sizeBytes * 8) / durationSeconds) : 0,
    audio_codecs: codecsOf(media.audio),
    details: detailsOf(file),
  };
}

function detailsOf({ media, video, timestamps, hiddenFrames, hdr10 }: Source): MediaDetails {
  const { primaries, transfer, space, range } = video.colour;
  const { bits, chroma } = pixelFormatOf(video.pixelFormat);
  return {
    profile: video.profile,
    bit_depth: bits,
    chroma,
    colour: { primaries, transfer, matrix: space, range },
    hdr: !isHdr(video.colour) ? null : transfer === "smpte2084" ? "pq" : "hlg",
    hdr10,
    dolby_vision: video.dolbyVision,
    rotation: video.rotation,
    sample_aspect_ratio: video.sampleAspectRatio,
    variable_frame_rate: isVariable(timestamps),
    interlaced: video.interlaced,
    hidden_frames: hiddenFrames,
    timecode: media.timecode,
    chapters: media.chapterCount,
    subtitle_codecs: codecsOf(media.subtitles),
    cover_codecs: codecsOf(media.covers),
    data_codecs: codecsOf(media.data),
  };
}

function codecsOf(tracks: readonly OtherTrack[]): string[] {
  return tracks.map((track) => track.codec);
}

/** With a constant rate, gaps may differ by the rounding of clocks that count milliseconds. */
const roundingSeconds = 0.0021;

function isVariable(timestamps: readonly number[]): boolean {
  const gaps = timestamps.slice(1).map((time, i) => time - (timestamps[i] ?? time));
  const [least, most] = gaps.reduce(
    ([low, high], gap) => [Math.min(low, gap), Math.max(high, gap)],
    [Infinity, 0],
  );
  return most - least > roundingSeconds;
}
