import type { MediaSummary } from "@transpod/contract/work-protocol.ts";
import type { Container } from "../plan/container.ts";
import type { Media, VideoTrack } from "../probe/media.ts";

/** The few facts about a file that are kept with the attempt. */
export function summarize(
  container: Container,
  media: Media,
  video: VideoTrack,
  frames: number,
): MediaSummary {
  const { durationSeconds, sizeBytes } = media;
  return {
    container,
    codec: video.codec,
    pixel_format: video.pixelFormat,
    width: video.width,
    height: video.height,
    frames,
    frame_rate: video.frameRate,
    duration_seconds: durationSeconds,
    size_bytes: sizeBytes,
    bit_rate: durationSeconds > 0 ? Math.round((sizeBytes * 8) / durationSeconds) : 0,
    audio_codecs: media.audio.map((track) => track.codec),
  };
}
